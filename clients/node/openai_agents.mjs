// `@openai/agents`: a realtime agent with a function as its tool.

import { RealtimeAgent, RealtimeSession, tool as functionTool } from '@openai/agents/realtime';
import { z } from 'zod';
import * as turns from './turns.mjs';

const model = process.argv[2] ?? 'gpt-realtime';
// The beta takes text alone, or both.
const spoken = model.includes('preview') ? ['audio', 'text'] : ['audio'];
const calls = [];
const weather = functionTool({
  name: turns.TOOL,
  description: 'Look up the weather.',
  parameters: z.object({ city: z.string() }),
  execute: async (input) => (calls.push(input), turns.WEATHER),
});

// Resolve to what the agent says in so many responses.
async function talk(url, modalities, ask, { tools = [], responses = 1 } = {}) {
  const agent = new RealtimeAgent({ name: 'Assistant', instructions: 'Be brief.', tools });
  const config = { modalities, outputModalities: modalities };
  const session = new RealtimeSession(agent, { transport: 'websocket', model, config });
  const said = new Map();
  let audio_bytes = 0;
  session.on('history_updated', (history) => {
    for (const { itemId, role, content } of history)
      if (role === 'assistant') said.set(itemId, content.map((part) => part.text ?? part.transcript ?? '').join(''));
  });
  session.on('audio', ({ data }) => (audio_bytes += data.byteLength));
  const done = new Promise((resolve, reject) => {
    session.on('agent_end', () => --responses || setImmediate(resolve));
    session.on('error', ({ error }) => reject(error));
  });
  await session.connect({ apiKey: 'sk-test', url: `${turns.socket(url)}/realtime?model=${model}` });
  ask(session);
  await done;
  session.close();
  return { text: [...said.values()].join(''), audio_bytes };
}

const text = (url) => talk(url, ['text'], (session) => session.sendMessage(turns.WORDS));

const audio = (url) =>
  talk(url, spoken, (session) => {
    for (const { buffer } of turns.SAMPLES) session.sendAudio(buffer);
  });

async function tool(url) {
  const ask = (session) => session.sendMessage(turns.QUESTION);
  return { ...(await talk(url, ['text'], ask, { tools: [weather], responses: 2 })), arguments: calls[0] };
}

turns.run({ text, audio, tool });
