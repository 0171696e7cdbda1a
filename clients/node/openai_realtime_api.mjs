// `openai-realtime-api`, a fork of the reference client of 2024.

import { RealtimeClient } from 'openai-realtime-api';
import * as turns from './turns.mjs';

async function talk(url, modalities, ask, tool) {
  const client = new RealtimeClient({ url: `${turns.socket(url)}/realtime`, apiKey: 'sk-test' });
  if (tool) client.addTool({ name: turns.TOOL, description: 'Look up the weather.', parameters: turns.PARAMETERS }, tool);
  const turn_detection = { type: 'server_vad', threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 200 };
  client.updateSession({ modalities, instructions: 'Be brief.', turn_detection });
  await client.connect();
  await client.waitForSessionCreated();
  const message = new Promise((resolve, reject) => {
    client.on('conversation.item.completed', ({ item }) => item.role === 'assistant' && item.type === 'message' && resolve(item));
    client.on('error', reject);
  });
  ask(client);
  const { formatted } = await message;
  client.disconnect();
  return { text: formatted.transcript || formatted.text, audio_bytes: formatted.audio?.byteLength ?? 0 };
}

const say = (words) => (client) => client.sendUserMessageContent([{ type: 'input_text', text: words }]);

const text = (url) => talk(url, ['text'], say(turns.WORDS));

const audio = (url) =>
  talk(url, ['audio', 'text'], (client) => {
    for (const samples of turns.SAMPLES) client.appendInputAudio(samples);
  });

async function tool(url) {
  const calls = [];
  const answer = async (given) => (calls.push(given), turns.WEATHER);
  return { ...(await talk(url, ['text'], say(turns.QUESTION), answer)), arguments: calls[0] };
}

turns.run({ text, audio, tool });
