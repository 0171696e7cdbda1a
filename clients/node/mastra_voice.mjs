// The realtime voice of Mastra.

import { OpenAIRealtimeVoice } from '@mastra/voice-openai-realtime';
import { z } from 'zod';
import * as turns from './turns.mjs';

const calls = [];
const weather = {
  id: turns.TOOL,
  description: 'Look up the weather.',
  inputSchema: z.object({ city: z.string() }),
  execute: async (input) => (calls.push(input), turns.WEATHER),
};

// Resolve to what is said in so many responses.
async function talk(url, ask, { tools, responses = 1 } = {}) {
  const voice = new OpenAIRealtimeVoice({ url: `${turns.socket(url)}/realtime`, apiKey: 'sk-test', model: 'gpt-realtime' });
  voice.addInstructions('Be brief.');
  if (tools) voice.addTools(tools);
  const told = { text: '', audio_bytes: 0 };
  voice.on('writing', ({ text, role }) => (told.text += role === 'assistant' ? text : ''));
  voice.on('speaking', ({ audio }) => (told.audio_bytes += audio.length));
  const done = new Promise((resolve, reject) => {
    voice.on('response.done', () => --responses || resolve());
    voice.on('error', reject);
  });
  await voice.connect();
  await ask(voice);
  await done;
  voice.close();
  return { ...told, text: told.text.trim() };
}

async function say(voice, words) {
  const content = [{ type: 'input_text', text: words }];
  voice.sendEvent('conversation.item.create', { item: { type: 'message', role: 'user', content } });
  await voice.answer({});
}

const text = (url) => talk(url, (voice) => say(voice, turns.WORDS));

const audio = (url) =>
  talk(url, async (voice) => {
    for (const samples of turns.SAMPLES) await voice.send(samples);
  });

async function tool(url) {
  const asked = (voice) => say(voice, turns.QUESTION);
  const told = await talk(url, asked, { tools: { [turns.TOOL]: weather }, responses: 2 });
  return { ...told, arguments: calls[0] };
}

turns.run({ text, audio, tool });
