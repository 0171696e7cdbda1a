// `@ai-sdk/openai`: it translates events, the socket is the program's own.

import { createOpenAI } from '@ai-sdk/openai';
import WebSocket from 'ws';
import * as turns from './turns.mjs';

const TOOL = { type: 'function', name: turns.TOOL, description: 'Look up the weather.', parameters: turns.PARAMETERS };

// Resolve to what is said in so many responses.
async function talk(url, config, ask, responses = 1) {
  const model = createOpenAI({ baseURL: url, apiKey: 'sk-test' }).experimental_realtime('gpt-realtime');
  const { url: address, headers, protocols } = await model.getServerWebSocketConfig();
  const socket = new WebSocket(address, protocols, { headers });
  const send = (event) => socket.send(JSON.stringify(model.serializeClientEvent(event)));
  const told = { text: '', audio_bytes: 0 };
  let answer = () => {};
  const done = new Promise((resolve, reject) => {
    socket.on('message', (frame) => {
      for (const event of [model.parseServerEvent(JSON.parse(frame))].flat()) {
        if (event.type === 'text-delta' || event.type === 'audio-transcript-delta') told.text += event.delta;
        if (event.type === 'audio-delta') told.audio_bytes += turns.bytes(event.delta);
        if (event.type === 'function-call-arguments-done') {
          told.arguments = event.arguments;
          const item = { type: 'function-call-output', callId: event.callId, name: event.name, output: turns.WEATHER };
          answer = () => {
            send({ type: 'conversation-item-create', item });
            send({ type: 'response-create' });
          };
        }
        if (event.type === 'response-done') --responses ? answer() : resolve();
        if (event.type === 'error') reject(new Error(event.message));
      }
    });
  });
  await new Promise((resolve) => socket.once('open', resolve));
  send({ type: 'session-update', config: { instructions: 'Be brief.', ...config } });
  ask(send);
  await done;
  socket.close();
  return told;
}

const say = (text) => (send) => {
  send({ type: 'conversation-item-create', item: { type: 'text-message', role: 'user', text } });
  send({ type: 'response-create' });
};

const text = (url) => talk(url, { outputModalities: ['text'] }, say(turns.WORDS));

const audio = (url) =>
  talk(url, { outputModalities: ['audio'], turnDetection: { type: 'server-vad' } }, (send) => {
    for (const chunk of turns.ENCODED) send({ type: 'input-audio-append', audio: chunk });
  });

const tool = (url) => talk(url, { outputModalities: ['text'], tools: [TOOL] }, say(turns.QUESTION), 2);

turns.run({ text, audio, tool });
