// Azure's `rt-client`. It closes the connection at anything it does not know.

import { RTClient } from 'rt-client';
import * as turns from './turns.mjs';

// Read one response and add to what was told.
async function read(response, told) {
  for await (const item of response) {
    if (item.type === 'function_call') {
      await item.waitForCompletion();
      told.call_id = item.callId;
      told.arguments = item.arguments;
      continue;
    }
    for await (const content of item) {
      if (content.type === 'text') for await (const piece of content.textChunks()) told.text += piece;
      else await Promise.all([hear(content, told), readAlong(content, told)]);
    }
  }
  if (response.status !== 'completed') throw new Error(`the response is ${response.status}`);
}

async function hear(content, told) {
  for await (const piece of content.audioChunks()) told.audio_bytes += piece.length;
}

async function readAlong(content, told) {
  for await (const piece of content.transcriptChunks()) told.text += piece;
}

async function talk(url, modalities, turn) {
  const client = new RTClient(new URL(turns.socket(new URL(url).origin)), { key: 'test' }, { deployment: 'gpt-realtime' });
  await client.configure({ modalities, instructions: 'Be brief.', turn_detection: { type: 'server_vad' } });
  const told = { text: '', audio_bytes: 0 };
  await turn(client, told);
  await client.close();
  const { call_id, ...rest } = told;
  return rest;
}

async function ask(client, words, told) {
  await client.sendItem({ type: 'message', role: 'user', content: [{ type: 'input_text', text: words }] });
  await read(await client.generateResponse(), told);
}

const text = (url) => talk(url, ['text'], (client, told) => ask(client, turns.WORDS, told));

const audio = (url) =>
  talk(url, ['audio', 'text'], async (client, told) => {
    for (const chunk of turns.CHUNKS) await client.sendAudio(new Uint8Array(chunk));
    for await (const event of client.events()) {
      if (event.type === 'input_audio') await event.waitForCompletion();
      if (event.type === 'response') return read(event, told);
    }
  });

const tool = (url) =>
  talk(url, ['text'], async (client, told) => {
    await client.configure({ tools: [turns.FUNCTION], tool_choice: 'auto' });
    await ask(client, turns.QUESTION, told);
    await client.sendItem({ type: 'function_call_output', call_id: told.call_id, output: turns.WEATHER });
    await read(await client.generateResponse(), told);
  });

turns.run({ text, audio, tool });
