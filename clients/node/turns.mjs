// What all drivers share: the words of the user, the tool, and how a turn is told.
//
// A driver names its turns in `run({ text, audio, tool })`. Each is an async function of the server's base URL
// (`http://127.0.0.1:1234/v1`) and returns an object: `text`, `audio_bytes`, `arguments` as far as it has them.

export const WORDS = 'Hi, how are you?';
export const QUESTION = 'What is the weather in London?';
export const TOOL = 'get_weather';
export const WEATHER = 'It is foggy and 12 degrees in London.';
export const PARAMETERS = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
export const FUNCTION = { type: 'function', name: TOOL, description: 'Look up the weather.', parameters: PARAMETERS };

// A second that is loud and a second that is silent, PCM16 at 24 kHz, in tenths of a second: somebody said something.
const SPEECH = Int16Array.from({ length: 48_000 }, (_, n) => (n < 24_000 ? 9000 * Math.sin(n / 9) : 0));
export const SAMPLES = Array.from({ length: 20 }, (_, n) => SPEECH.slice(n * 2_400, (n + 1) * 2_400));
export const CHUNKS = SAMPLES.map((samples) => Buffer.from(samples.buffer));
export const ENCODED = CHUNKS.map((chunk) => chunk.toString('base64'));

export const bytes = (encoded) => Buffer.from(encoded, 'base64').length;
export const socket = (url) => url.replace(/^http/, 'ws');

// Do the turns that a URL is given for, and print a line of JSON for each; end also when a client keeps something open.
export async function run(turns) {
  for (const [name, turn] of Object.entries(turns)) {
    const url = process.env[`${name.toUpperCase()}_URL`];
    if (!url) continue;
    const late = new Promise((_, fail) => setTimeout(fail, 40_000, new Error(`${name}: not done after 40 s`)));
    console.log(JSON.stringify({ turn: name, ...(await Promise.race([turn(url), late])) }));
  }
  process.exit(0);
}
