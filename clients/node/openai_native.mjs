// The `openai` package over the platform's own WebSocket, in today's protocol.
//
// It insists on TLS, which is taken away where the server has none.

import OpenAI from 'openai';
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket';
import { run } from './openai_turns.mjs';

const Native = globalThis.WebSocket;
const Plain = class extends Native {
  constructor(url, protocols) {
    super(String(url).replace(/^wss:/, 'ws:'), protocols);
  }
};

async function connect(url) {
  globalThis.WebSocket = url.startsWith('https:') ? Native : Plain;
  const client = new OpenAI({ apiKey: 'sk-test', baseURL: url, dangerouslyAllowBrowser: true });
  const connection = new OpenAIRealtimeWebSocket({ model: 'gpt-realtime', dangerouslyAllowBrowser: true }, client);
  await new Promise((resolve) => connection.socket.addEventListener('open', resolve));
  return connection;
}

run(connect);
