// The `openai` package over `ws`, in the beta of 2024. It insists on TLS: the socket is made without.

import net from 'node:net';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/beta/realtime/ws';
import { run } from './openai_turns.mjs';

async function connect(url) {
  const client = new OpenAI({ apiKey: 'sk-test', baseURL: url });
  const options = { createConnection: ({ port, host }) => net.connect(port, host) };
  const connection = new OpenAIRealtimeWS({ model: 'gpt-4o-realtime-preview', options }, client);
  await new Promise((resolve) => connection.socket.once('open', resolve));
  return connection;
}

run(connect, 'beta');
