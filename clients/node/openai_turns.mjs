// The turns of the `openai` package, the same over each of its sockets and in both dialects.

import * as turns from './turns.mjs';

const TODAY = {
  text: 'response.output_text.delta',
  transcript: 'response.output_audio_transcript.delta',
  audio: 'response.output_audio.delta',
  session: (modality) => ({ type: 'realtime', output_modalities: [modality] }),
};
const BETA = {
  text: 'response.text.delta',
  transcript: 'response.audio_transcript.delta',
  audio: 'response.audio.delta',
  session: (modality) => ({ modalities: modality === 'audio' ? ['audio', 'text'] : ['text'] }),
};

// Resolve to what is said in one response.
function listen(connection, names) {
  const told = { text: '', audio_bytes: 0 };
  return new Promise((resolve, reject) => {
    connection.on(names.text, (event) => (told.text += event.delta));
    connection.on(names.transcript, (event) => (told.text += event.delta));
    connection.on(names.audio, (event) => (told.audio_bytes += turns.bytes(event.delta)));
    connection.on('error', reject);
    connection.on('response.done', (event) => resolve({ ...told, calls: event.response.output.filter((item) => item.type === 'function_call') }));
  });
}

function say(connection, words) {
  const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: words }] };
  connection.send({ type: 'conversation.item.create', item });
  connection.send({ type: 'response.create' });
}

// Run the turns; `connect` makes a connection and resolves to it when it is open.
export function run(connect, dialect) {
  const names = dialect === 'beta' ? BETA : TODAY;

  async function talk(url, turn) {
    const connection = await connect(url);
    const told = await turn(connection);
    connection.close();
    return told;
  }

  const text = (url) =>
    talk(url, async (connection) => {
      connection.send({ type: 'session.update', session: names.session('text') });
      say(connection, turns.WORDS);
      return { text: (await listen(connection, names)).text };
    });

  const audio = (url) =>
    talk(url, async (connection) => {
      connection.send({ type: 'session.update', session: names.session('audio') });
      for (const chunk of turns.ENCODED) connection.send({ type: 'input_audio_buffer.append', audio: chunk });
      const { text, audio_bytes } = await listen(connection, names);
      return { text, audio_bytes };
    });

  const tool = (url) =>
    talk(url, async (connection) => {
      connection.send({ type: 'session.update', session: { ...names.session('text'), tools: [turns.FUNCTION] } });
      say(connection, turns.QUESTION);
      const [call] = (await listen(connection, names)).calls;
      const output = { type: 'function_call_output', call_id: call.call_id, output: turns.WEATHER };
      connection.send({ type: 'conversation.item.create', item: output });
      connection.send({ type: 'response.create' });
      return { arguments: call.arguments, text: (await listen(connection, names)).text };
    });

  return turns.run({ text, audio, tool });
}
