// The realtime model of `@livekit/agents-plugin-openai`, without a room.

import { initializeLogger, llm } from '@livekit/agents';
import * as openai from '@livekit/agents-plugin-openai';
import { AudioFrame } from '@livekit/rtc-node';
import { once } from 'node:events';
import { z } from 'zod';
import * as turns from './turns.mjs';

initializeLogger({ pretty: false, level: 'error' });

const weather = llm.tool({
  name: turns.TOOL,
  description: 'Look up the weather.',
  parameters: z.object({ city: z.string() }),
  execute: async () => turns.WEATHER,
});

// Read one generation and add to what was told.
async function read(generation, told) {
  for await (const message of generation.messageStream) {
    for await (const piece of message.textStream) told.text += piece.text ?? piece;
    for await (const frame of message.audioStream) told.audio_bytes += frame.data.byteLength;
  }
  for await (const call of generation.functionStream) told.call = call;
}

async function talk(url, modalities, turn) {
  const model = new openai.realtime.RealtimeModel({ baseURL: url, apiKey: 'sk-test', modalities });
  const session = model.session();
  const told = { text: '', audio_bytes: 0 };
  await turn(session, told);
  await session.close();
  const { call, ...rest } = told;
  return call ? { ...rest, arguments: call.args } : rest;
}

async function ask(session, words, told) {
  const context = llm.ChatContext.empty();
  context.addMessage({ role: 'user', content: words });
  await session.updateChatCtx(context);
  await read(await session.generateReply(), told);
}

const text = (url) => talk(url, ['text'], (session, told) => ask(session, turns.WORDS, told));

const audio = (url) =>
  talk(url, ['text', 'audio'], async (session, told) => {
    const generated = once(session, 'generation_created');
    for (const samples of turns.SAMPLES) session.pushAudio(new AudioFrame(samples, 24_000, 1, samples.length));
    const [generation] = await generated;
    await read(generation, told);
  });

const tool = (url) =>
  talk(url, ['text'], async (session, told) => {
    await session.updateTools(TOOLS);
    await ask(session, turns.QUESTION, told);
    const { callId, name } = told.call;
    const context = session.chatCtx.copy();
    context.insert(llm.FunctionCallOutput.create({ callId, name, output: turns.WEATHER, isError: false }));
    await session.updateChatCtx(context);
    await read(await session.generateReply(), told);
  });

// 1.x takes tools by name, later versions a context of tools.
const TOOLS = llm.ToolContext?.prototype ? new llm.ToolContext([weather]) : { [turns.TOOL]: weather };

turns.run({ text, audio, tool });
