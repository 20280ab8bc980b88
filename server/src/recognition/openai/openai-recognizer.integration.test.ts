import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_RATE } from '../../../../shared/limits.ts';
import { readSettings } from '../../config/settings.ts';
import { type Behaviour, json, OutsideServer } from '../../testing/outside-server.ts';
import { createMoonshineRecognizer } from '../moonshine/moonshine-recognizer.ts';
import { describeRecognizerContract } from '../recognizer.contract.ts';
import type { Hypothesis, Recognizer } from '../recognizer.ts';
import { loadSpokenUtterances, requireMoonshine } from '../spoken-utterances.contract.ts';
import { startRecognizer } from '../start-recognizer.ts';
import { createOpenaiRecognizer, type OpenaiRecognizerOptions } from './openai-recognizer.ts';

const SECRET = 'sk-secret-0123456789';
const WAV_HEADER_BYTES = 44;

let moonshine: Recognizer;
let server: OutsideServer;

beforeAll(async () => {
  moonshine = await createMoonshineRecognizer({
    modelFolder: await requireMoonshine(),
    workers: 2,
    checksums: false,
  });
  server = await OutsideServer.start((request) => transcribe(request));
});
afterAll(async () => {
  await server.die();
  await moonshine.close();
});

/** A transcription service as OpenAI documents it, with a real recogniser behind it. */
async function transcribe(request: {
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}): Promise<Behaviour> {
  if (request.path !== '/v1/audio/transcriptions') return json({}, 404);
  const form = await new Response(new Uint8Array(request.body), {
    headers: { 'content-type': String(request.headers['content-type']) },
  }).formData();
  const file = form.get('file');
  if (!(file instanceof File)) return json({ error: { message: 'No file' } }, 400);
  const pcm = Buffer.from(await file.arrayBuffer()).subarray(WAV_HEADER_BYTES);
  const samples = Float32Array.from(
    { length: pcm.length / 2 },
    (_, at) => pcm.readInt16LE(2 * at) / 32_767,
  );
  const heard = await moonshine.recognize({
    samples,
    language: String(form.get('language')),
    wordTimes: true,
  });
  return json(form.get('response_format') === 'json' ? { text: heard.text } : verbose(heard));
}

function verbose({ text, meanLogProbability, words = [] }: Hypothesis): object {
  return {
    task: 'transcribe',
    text,
    segments: [{ id: 0, text, avg_logprob: meanLogProbability, no_speech_prob: 0.01 }],
    words: words.map((word) => ({
      word: word.text.replace(/[.,!?]/g, ''),
      start: word.startMs / 1000,
      end: word.endMs / 1000,
    })),
  };
}

const create = (options: Partial<OpenaiRecognizerOptions> = {}) =>
  createOpenaiRecognizer({
    url: `${server.url}/v1`,
    apiKey: SECRET,
    model: 'scripted',
    languages: ['en'],
    partials: false,
    format: 'verbose_json',
    ...options,
    limits: { concurrency: 2, ...options.limits },
  });

describeRecognizerContract(
  'An OpenAI-compatible service',
  async () => create(),
  loadSpokenUtterances,
);

describe('An OpenAI-compatible service', () => {
  const second = new Float32Array(SAMPLE_RATE).fill(0.25);
  let recognizer: ReturnType<typeof create> | undefined;

  beforeEach(() => {
    server.requests.length = 0;
  });
  afterEach(async () => {
    await recognizer?.close();
    server.answer = (request) => transcribe(request);
  });

  const failsWith = async (behaviour: Behaviour) => {
    server.answer = () => behaviour;
    recognizer = create({ limits: { timeoutMs: 200, totalMs: 400, minRetryMs: 1, maxRetryMs: 2 } });
    return await recognizer.recognize({ samples: second, language: 'en' }).then(
      () => expect.fail('It was heard.'),
      (error: unknown) => error,
    );
  };

  it.each<[string, Behaviour]>([
    ['hangs', { kind: 'hang' }],
    ['resets', { kind: 'reset' }],
    ['fails', json({ error: { message: 'one two three' } }, 500)],
    ['takes no key', json({}, 401)],
    ['answers garbage', { kind: 'answer', body: 'one two three' }],
    ['answers too much', json({ text: 'one two three '.repeat(1_000) })],
  ])('that %s fails by name, and tells nothing', async (_, behaviour) => {
    const error = await failsWith(behaviour);
    expect(error).toMatchObject({ code: 'recognizer_failed' });
    const told = JSON.stringify(error) + String((error as Error).stack);
    for (const secret of [SECRET, 'one two']) expect(told).not.toContain(secret);
  });

  it('is asked for the format that was chosen, with the key in a header', async () => {
    server.answer = () => json({ text: 'Good morning.' });
    recognizer = create({ format: 'json' });
    const heard = await recognizer.recognize({ samples: second, language: 'en', wordTimes: true });
    expect(heard).toEqual({ text: 'Good morning.', tokens: [], meanLogProbability: null });
    expect(recognizer.capabilities).toMatchObject({ wordTimes: false, extraReadings: 'none' });
    const [request] = server.requests;
    expect(request?.headers.authorization).toBe(`Bearer ${SECRET}`);
    expect(request?.path).toBe('/v1/audio/transcriptions');
    const body = request?.body.toString('latin1') ?? '';
    expect(body).toMatch(/name="response_format"\r\n\r\njson\r\n/);
    expect(body).not.toContain('timestamp_granularities');
  });

  it('[INV7] why it refuses is in the log once, and nothing that was said', async () => {
    server.answer = () =>
      json({ error: { message: 'one two three', param: 'response_format' } }, 400);
    const lines: object[] = [];
    const log = { warn: (fields: object) => lines.push(fields), info: () => {} };
    const started = await startRecognizer({
      settings: readSettings({
        RECOGNIZER: 'openai',
        TRANSCRIPTION_URL: `${server.url}/v1`,
        TRANSCRIPTION_MODEL: 'scripted',
        TRANSCRIPTION_FORMAT: 'verbose_json',
        TRANSCRIPTION_API_KEY: SECRET,
      }),
      log: log as never,
    });
    try {
      for (let readings = 0; readings < 2; readings += 1) {
        await expect(
          started.recognizer.recognize({ samples: second, language: 'en' }),
        ).rejects.toMatchObject({ code: 'recognizer_failed' });
      }
    } finally {
      await started.recognizer.close();
    }
    expect(lines).toEqual([
      {
        engine: 'transcription',
        fault: 'rejected',
        status: 400,
        parameter: 'response_format',
        reason: 'openai: expected status 200, got 400.',
        times: 1,
      },
    ]);
  });

  it('is away while it is left alone', async () => {
    await failsWith(json({}, 429, { 'retry-after': '60' }));
    expect(recognizer).toMatchObject({ away: true });
    recognizer = create({ limits: { concurrency: 3 } });
    expect(recognizer).toMatchObject({
      away: false,
      capabilities: { concurrency: 3, speakers: 12 },
    });
  });

  it('an aborted reading is cancelled where it is made', async () => {
    let arrived = () => {};
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    server.answer = () => {
      arrived();
      return { kind: 'hang' };
    };
    recognizer = create();
    const stop = new AbortController();
    const reading = recognizer.recognize({ samples: second, language: 'en', signal: stop.signal });
    await asked;
    const reason = new Error('no longer wanted');
    stop.abort(reason);
    await expect(reading).rejects.toBe(reason);
    expect(recognizer.status).toMatchObject({ running: 0, state: 'up' });
  });
});
