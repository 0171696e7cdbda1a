// The `openai` package over `ws`, in today's protocol; with the argument `azure`, its client for Azure.
//
// It insists on TLS: where the server has none, the socket is made without.

import net from 'node:net';
import OpenAI, { AzureOpenAI } from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { run } from './openai_turns.mjs';

const model = 'gpt-realtime';

function azure(url) {
  const endpoint = new URL(url).origin;
  const client = new AzureOpenAI({ apiKey: 'test', endpoint, apiVersion: '2025-08-28', deployment: model });
  return OpenAIRealtimeWS.azure(client);
}

function plain(url) {
  const createConnection = ({ port, host }) => net.connect(port, host);
  const options = url.startsWith('https:') ? {} : { createConnection };
  return new OpenAIRealtimeWS({ model, options }, new OpenAI({ apiKey: 'sk-test', baseURL: url }));
}

async function connect(url) {
  const connection = await (process.argv.includes('azure') ? azure(url) : plain(url));
  await new Promise((resolve) => connection.socket.once('open', resolve));
  return connection;
}

run(connect);
