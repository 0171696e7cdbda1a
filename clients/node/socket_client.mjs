// `openai-realtime-socket-client`, over the platform's own WebSocket.

import { once } from 'node:events';
import { RealtimeVoiceClient } from 'openai-realtime-socket-client';
import * as turns from './turns.mjs';

async function talk(url, modalities, turn) {
  const realtimeUrl = `${turns.socket(url)}/realtime`;
  const client = new RealtimeVoiceClient({
    apiKey: 'sk-test',
    realtimeUrl,
    model: 'gpt-4o-realtime-preview',
    autoReconnect: false,
    sessionConfig: { modalities, instructions: 'Be brief.', tools: [turns.FUNCTION] },
  });
  const told = { text: '', audio_bytes: 0 };
  client.on('response.text.delta', ({ delta }) => (told.text += delta));
  client.on('response.audio_transcript.delta', ({ delta }) => (told.text += delta));
  client.on('response.audio.delta', ({ delta }) => (told.audio_bytes += turns.bytes(delta)));
  const created = once(client, 'session.created');
  await client.connect();
  await created;
  await turn(client, told);
  await client.disconnect();
  return told;
}

async function ask(client, words) {
  client.createConversationItem({ type: 'message', role: 'user', content: [{ type: 'input_text', text: words }] });
  return answer(client);
}

async function answer(client) {
  client.createResponse({});
  const [{ response }] = await once(client, 'response.done');
  return response;
}

const text = (url) => talk(url, ['text'], (client) => ask(client, turns.WORDS));

const audio = (url) =>
  talk(url, ['audio', 'text'], async (client) => {
    for (const chunk of turns.ENCODED) client.appendInputAudio(chunk);
    await once(client, 'response.done');
  });

const tool = (url) =>
  talk(url, ['text'], async (client, told) => {
    const [call] = (await ask(client, turns.QUESTION)).output;
    told.arguments = call.arguments;
    client.createConversationItem({ type: 'function_call_output', call_id: call.call_id, output: turns.WEATHER });
    await answer(client);
  });

turns.run({ text, audio, tool });
