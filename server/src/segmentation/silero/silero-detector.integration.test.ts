import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findSpeech, ownClip } from '../../../../e2e/support/clip.ts';
import { readAudio } from '../../testing/read-audio.ts';
import { readSpeechCorpus } from '../../testing/speech-corpus.ts';
import { watchWorkers } from '../../testing/watch-workers.ts';
import {
  DETECTOR_WINDOW_SAMPLES,
  type Judgement,
  type SpeechDetector,
  type SpeechDetectorStream,
} from '../speech-detector.ts';
import { MAX_WINDOWS_PER_TURN } from './detector-stream.ts';
import { createSileroDetector, type SileroDetector, startSileroWorker } from './silero-detector.ts';

/** Another batch size may add the same numbers in another order. */
const FLOAT_NOISE = 1e-4;
const BATCHED_CLIPS = 8;

let detector: SileroDetector;
let speech: Float32Array;

beforeAll(async () => {
  detector = await createSileroDetector();
  speech = wholeWindows(await readAudio(ownClip().path));
});

afterAll(() => detector.close());

function wholeWindows(samples: Float32Array): Float32Array {
  return samples.subarray(0, samples.length - (samples.length % DETECTOR_WINDOW_SAMPLES));
}

async function judge(samples: Float32Array, by: SpeechDetector = detector): Promise<Float32Array> {
  const stream = by.open();
  try {
    return (await stream.judge(wholeWindows(samples))).probabilities;
  } finally {
    stream.close();
  }
}

const countSpeech = (probabilities: Float32Array) =>
  probabilities.filter((probability) => probability >= 0.5).length;

function largestDifference(left: Float32Array, right: Float32Array): number {
  expect(left.length).toBe(right.length);
  return left.reduce(
    (largest, value, at) => Math.max(largest, Math.abs(value - (right[at] ?? 0))),
    0,
  );
}

/** White noise of a fixed seed (mulberry32), −`level`…`level`. */
function noise(samples: number, level: number): Float32Array {
  let seed = 20_240_601;
  return Float32Array.from({ length: samples }, () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1) * level;
  });
}

test('hears speech, also very quiet speech', async () => {
  const probabilities = await judge(speech);
  expect(countSpeech(probabilities) / probabilities.length).toBeGreaterThan(0.7);
  const quiet = await judge(speech.map((sample) => sample * 0.02));
  expect(countSpeech(quiet) / quiet.length).toBeGreaterThan(0.6);
});

test('a quiet clip shows that every window gets the samples before it', async () => {
  const clip = readSpeechCorpus()?.find(({ id }) => id === 'fleurs-de-000-orig');
  if (clip === undefined) {
    console.warn('No speech corpus beside the project: the quiet clip was not judged.');
    return;
  }
  const probabilities = await judge(await readAudio(clip.path));
  expect(probabilities.length).toBe(560);
  // Without the context it would be none at all.
  expect(countSpeech(probabilities)).toBeGreaterThan(260);
  expect(countSpeech(probabilities)).toBeLessThan(300);
});

test('hears nothing in silence and noise', async () => {
  const silent = new Float32Array(300 * DETECTOR_WINDOW_SAMPLES);
  expect(countSpeech(await judge(silent))).toBe(0);
  expect(countSpeech(await judge(noise(silent.length, 0.05)))).toBe(0);
});

test('[INV9] how windows are handed over changes nothing', async () => {
  const whole = await judge(speech);
  const stream = detector.open();
  const parts: Promise<Judgement>[] = [];
  for (let at = 0, windows = 1; at < speech.length; windows = (windows % 5) + 1) {
    const end = at + windows * DETECTOR_WINDOW_SAMPLES;
    parts.push(stream.judge(speech.subarray(at, end)));
    at = end;
  }
  const joined = Float32Array.from(
    (await Promise.all(parts)).flatMap(({ probabilities }) => [...probabilities]),
  );
  stream.close();
  expect(largestDifference(joined, whole)).toBe(0);
});

test('[INV9] a stream goes on from what was remembered, elsewhere too', async () => {
  const middle = 100 * DETECTOR_WINDOW_SAMPLES;
  const stream = detector.open();
  const { memories } = await stream.judge(speech.subarray(0, middle + 7 * DETECTOR_WINDOW_SAMPLES));
  stream.recall(null);
  const afresh = (await stream.judge(speech)).probabilities;
  stream.close();
  const other = detector.open();
  other.recall(memories[99] ?? null);
  const resumed = (await other.judge(speech.subarray(middle))).probabilities;
  other.close();
  const whole = await judge(speech);
  expect(largestDifference(afresh, whole)).toBe(0);
  expect(largestDifference(resumed, whole.subarray(100))).toBe(0);
});

test('streams that share calls get what each gets alone', async () => {
  const own = [1, 0.5, 0.1, 0.02].map((gain) => speech.map((sample) => sample * gain));
  const corpus = findSpeech().slice(1, 1 + BATCHED_CLIPS - own.length);
  const others = await Promise.all(corpus.map(({ path }) => readAudio(path)));
  const clips = [...own, ...others.map(wholeWindows)];
  const alone: Float32Array[] = [];
  for (const clip of clips) alone.push(await judge(clip));

  const streams = clips.map(() => detector.open());
  const before = detector.stats;
  const together = await Promise.all(clips.map((clip, at) => streams[at]?.judge(clip)));
  const { batches, windows } = detector.stats;
  for (const stream of streams) stream.close();
  expect(windows - before.windows).toBe(alone.reduce((sum, { length }) => sum + length, 0));
  const turns = alone.reduce(
    (sum, { length }) => sum + Math.ceil(length / MAX_WINDOWS_PER_TURN),
    0,
  );
  expect(batches - before.batches).toBeLessThan(turns / 2);
  for (const [at, judgement] of together.entries()) {
    const expected = alone[at] ?? new Float32Array(0);
    const got = judgement?.probabilities ?? new Float32Array(0);
    expect(largestDifference(got, expected)).toBeLessThan(FLOAT_NOISE);
  }
});

test('a worker that dies is replaced, and its streams notice nothing', async () => {
  const watch = watchWorkers(startSileroWorker, { dying: 1 });
  const mended = await createSileroDetector({ startWorker: watch.startWorker });
  expect(largestDifference(await judge(speech, mended), await judge(speech))).toBe(0);
  expect(watch.started).toBe(2);
  await mended.close();
  expect(watch.alive).toBe(0);
});

test('windows that kill two workers are refused by name, and others are judged', async () => {
  const watch = watchWorkers(startSileroWorker, { dying: 2 });
  const mended = await createSileroDetector({ startWorker: watch.startWorker });
  await expect(judge(speech, mended)).rejects.toMatchObject({ code: 'recognizer_failed' });
  expect(largestDifference(await judge(speech, mended), await judge(speech))).toBe(0);
  expect(mended.stats.failedBatches).toBe(1);
  await mended.close();
});

test('close is idempotent, lets a running batch end and leaves no thread', async () => {
  const watch = watchWorkers(startSileroWorker);
  const closing = await createSileroDetector({ workers: 2, startWorker: watch.startWorker });
  expect(watch.alive).toBe(2);
  const streams: SpeechDetectorStream[] = [closing.open(), closing.open()];
  const running = streams.map((stream) =>
    expect(stream.judge(speech)).rejects.toMatchObject({ code: 'shutting_down' }),
  );
  await Promise.all([closing.close(), closing.close(), ...running]);
  expect(watch.alive).toBe(0);
});

test('a model that is not there, or is none, is refused by name', async () => {
  await expect(createSileroDetector({ modelPath: '/no/such/model.onnx' })).rejects.toMatchObject({
    code: 'model_missing',
  });
  const folder = await mkdtemp(join(tmpdir(), 'parlance-silero-'));
  const modelPath = join(folder, 'silero.onnx');
  await writeFile(modelPath, 'no model');
  await expect(createSileroDetector({ modelPath })).rejects.toMatchObject({
    code: 'model_damaged',
  });
  await rm(folder, { recursive: true });
});
