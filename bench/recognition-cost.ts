import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readSettings } from '../server/src/config/settings.ts';
import { findModel } from '../server/src/models/catalogue.ts';
import { ModelStore } from '../server/src/models/model-store.ts';
import { createMoonshineRecognizer } from '../server/src/recognition/moonshine/moonshine-recognizer.ts';
import type { Recognizer } from '../server/src/recognition/recognizer.ts';
import { createSileroDetector } from '../server/src/segmentation/silero/silero-detector.ts';
import { DETECTOR_WINDOW_SAMPLES } from '../server/src/segmentation/speech-detector.ts';
import { readAudio } from '../server/src/testing/read-audio.ts';
import { wordErrorRate } from '../server/src/testing/word-error-rate.ts';
import { SAMPLE_RATE } from '../shared/limits.ts';
import { type Benchmark, UsageError } from './benchmark.ts';
import { readCorpus, sampleClips } from './corpus.ts';

const DEFAULT_CLIPS = 20;
/** Seconds between two readings of an utterance that grows. */
const RHYTHMS = [0.5, 1, 2];
const DETECTOR_SESSIONS = [1, 10, 50];
const DETECTOR_SECONDS = 8;
/** Audio that a session hands to the detector at once. */
const DETECTOR_STEP_MS = 60;

interface Spoken {
  readonly samples: Float32Array;
  readonly reference: string;
}

/** What recognition and voice activity cost: CPU seconds for each second of speech. */
export const recognitionCostBenchmark: Benchmark = {
  name: 'recognition-cost',
  summary: 'CPU of the recogniser, whole and growing utterances, and of voice activity.',
  usage: [`--limit N  English clips; ${DEFAULT_CLIPS} without it`],
  async run(args, { progress, signal }) {
    // Every session of the detector listens to it.
    setMaxListeners(0, signal);
    const { clips, notice } = readCorpus();
    if (notice !== null) progress(notice);
    const english = sampleClips(
      clips.filter(({ set }) => set === 'en'),
      parse(args),
    );
    const spoken: Spoken[] = await Promise.all(
      english.map(async ({ path, reference }) => ({ samples: await readAudio(path), reference })),
    );
    const modelFolder = await new ModelStore(readSettings().PARLANCE_CACHE).require(
      findModel('moonshine-tiny-en'),
    );
    const recognizer = await createMoonshineRecognizer({
      modelFolder,
      workers: 1,
      checksums: false,
    });
    const readings = [];
    try {
      progress('Whole utterances');
      readings.push(await measureReading(recognizer, spoken, null, false, signal));
      for (const everyS of RHYTHMS) {
        for (const drafts of [false, true]) {
          progress(`Every ${everyS} s, ${drafts ? 'with' : 'without'} drafts`);
          readings.push(await measureReading(recognizer, spoken, everyS, drafts, signal));
        }
      }
    } finally {
      await recognizer.close();
    }
    const detection = [];
    for (const sessions of DETECTOR_SESSIONS) {
      progress(`Voice activity of ${sessions} sessions`);
      detection.push(await measureDetection(spoken, sessions, signal));
    }
    return {
      data: { clips: spoken.length, readings, detection },
      tables: [
        {
          title: `Moonshine, one thread, ${spoken.length} utterances`,
          columns: ['read', 'drafts', 'CPU s/s', 'readings', 'WER of the last'],
          rows: readings.map(({ everyS, drafts, cpuPerSecond, count, errors }) => [
            everyS === null ? 'once' : `every ${everyS} s`,
            drafts ? 'yes' : 'no',
            cpuPerSecond.toFixed(3),
            `${count}`,
            errors.toFixed(3),
          ]),
        },
        {
          title: 'Silero, live sessions',
          columns: ['sessions', 'cores each', 'windows a call', 'answered in ms (p50)', '(p99)'],
          rows: detection.map(({ sessions, coresEach, windowsPerCall, p50Ms, p99Ms }) => [
            `${sessions}`,
            coresEach.toFixed(5),
            windowsPerCall.toFixed(1),
            p50Ms.toFixed(1),
            p99Ms.toFixed(1),
          ]),
        },
      ],
    };
  },
};

async function measureReading(
  recognizer: Recognizer,
  spoken: readonly Spoken[],
  everyS: number | null,
  drafts: boolean,
  signal: AbortSignal,
) {
  let count = 0;
  let seconds = 0;
  const heard: { reference: string; heard: string }[] = [];
  const before = process.cpuUsage();
  for (const { samples, reference } of spoken) {
    const step = everyS === null ? samples.length : everyS * SAMPLE_RATE;
    let draft: readonly number[] = [];
    let text = '';
    for (let end = step; ; end += step) {
      const window = samples.subarray(0, end);
      const hypothesis = await recognizer.recognize({
        samples: window,
        language: 'en',
        signal,
        ...(drafts ? { draft } : {}),
      });
      draft = hypothesis.tokens;
      text = hypothesis.text;
      count += 1;
      if (end >= samples.length) break;
    }
    seconds += samples.length / SAMPLE_RATE;
    heard.push({ reference, heard: text });
  }
  const cpuPerSecond = cpuSecondsSince(before) / seconds;
  return { everyS, drafts, cpuPerSecond, count, errors: wordErrorRate(heard) };
}

async function measureDetection(spoken: readonly Spoken[], sessions: number, signal: AbortSignal) {
  const detector = await createSileroDetector();
  const stepSamples = (DETECTOR_STEP_MS * SAMPLE_RATE) / 1000;
  const steps = (DETECTOR_SECONDS * 1000) / DETECTOR_STEP_MS;
  const answeredMs: number[] = [];
  const before = process.cpuUsage();
  const start = performance.now();
  const speak = async (session: number): Promise<void> => {
    const samples = spoken[session % spoken.length]?.samples ?? new Float32Array(0);
    const stream = detector.open();
    const offsetMs = (session * DETECTOR_STEP_MS) / sessions;
    let judged = 0;
    for (let step = 1; step <= steps; step += 1) {
      const waitMs = start + offsetMs + step * DETECTOR_STEP_MS - performance.now();
      if (waitMs > 0) await delay(waitMs, undefined, { signal });
      const whole = Math.floor((step * stepSamples) / DETECTOR_WINDOW_SAMPLES);
      const from = (judged * DETECTOR_WINDOW_SAMPLES) % samples.length;
      const windows = new Float32Array((whole - judged) * DETECTOR_WINDOW_SAMPLES);
      windows.set(samples.subarray(from, from + windows.length));
      judged = whole;
      const askedAt = performance.now();
      await stream.judge(windows);
      answeredMs.push(performance.now() - askedAt);
    }
    stream.close();
  };
  try {
    await Promise.all(Array.from({ length: sessions }, (_, session) => speak(session)));
    const elapsedS = (performance.now() - start) / 1000;
    const { batches, windows } = detector.stats;
    answeredMs.sort((left, right) => left - right);
    return {
      sessions,
      coresEach: cpuSecondsSince(before) / elapsedS / sessions,
      windowsPerCall: windows / batches,
      p50Ms: answeredMs[Math.floor(answeredMs.length * 0.5)] ?? 0,
      p99Ms: answeredMs[Math.floor(answeredMs.length * 0.99)] ?? 0,
    };
  } finally {
    await detector.close();
  }
}

function cpuSecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function parse(args: readonly string[]): number {
  try {
    const { values } = parseArgs({ args: [...args], options: { limit: { type: 'string' } } });
    const limit = Number(values.limit ?? DEFAULT_CLIPS);
    if (Number.isInteger(limit) && limit > 0) return limit;
    throw new UsageError(`Expected --limit with a number above 0, got "${values.limit}".`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
