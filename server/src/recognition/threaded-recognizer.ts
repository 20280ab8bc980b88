import type { Worker } from 'node:worker_threads';
import { AppError } from '../../../shared/errors.ts';
import { SAMPLE_RATE } from '../../../shared/limits.ts';
import { InferenceThread } from '../inference/inference-thread.ts';
import { ThreadPool } from '../inference/thread-pool.ts';
import type { Hypothesis, RecognitionRequest, Recognizer } from './recognizer.ts';

/** Utterances that wait for a worker; a scheduler in front keeps it empty (INV4). */
export const MAX_WAITING_UTTERANCES = 64;
/** A worker silent for so long is given up: thirty seconds of speech take one second to read. */
export const UTTERANCE_LIMIT_MS = 60_000;

/** What goes to a recogniser's worker; the samples change hands. Its answer is a {@link Hypothesis}. */
export interface UtteranceMessage {
  readonly samples: Float32Array;
  readonly draft: readonly number[];
  readonly wordTimes: boolean;
}

export interface ThreadedEngine {
  readonly name: string;
  readonly languages: readonly string[];
  readonly maxUtteranceMs: number;
  readonly drafts: boolean;
  readonly wordTimes: boolean;
  /** Worker threads, and so utterances at the same time. */
  readonly workers: number;
  startWorker(): Worker;
}

/** A recogniser whose engine runs in worker threads, one utterance at a time in each. */
export async function createThreadedRecognizer(engine: ThreadedEngine): Promise<Recognizer> {
  const { name, languages, maxUtteranceMs, drafts, wordTimes, workers } = engine;
  const pool = await ThreadPool.start({
    threads: workers,
    maxWaiting: MAX_WAITING_UTTERANCES,
    runLimitMs: UTTERANCE_LIMIT_MS,
    startThread: () => InferenceThread.start(engine.startWorker()),
    errors: {
      busy: () => new AppError('server_busy', `All ${workers} threads of ${name} are taken.`),
      failed: (cause) => new AppError('recognizer_failed', `${name} failed.`, { cause }),
      closed: () => new AppError('shutting_down', `${name} is closed.`),
    },
  });

  return {
    name,
    capabilities: { languages, maxUtteranceMs, concurrency: workers, drafts, wordTimes },
    async recognize({ samples, language, draft = [], signal, ...wanted }: RecognitionRequest) {
      if (!languages.includes(language)) {
        throw new AppError(
          'language_unsupported',
          `${name}: expected speech in ${languages.join(', ')}, got "${language}".`,
        );
      }
      const durationMs = (samples.length * 1000) / SAMPLE_RATE;
      if (durationMs > maxUtteranceMs) {
        throw new AppError(
          'invalid_message',
          `${name}: expected at most ${maxUtteranceMs} ms of speech, got ${Math.ceil(durationMs)}.`,
        );
      }
      const reply = await pool.run({
        signal,
        prepare: () => {
          // A copy, so that the caller keeps its own, and another attempt can be made of it.
          const copy = samples.slice();
          const message: UtteranceMessage = {
            samples: copy,
            draft: drafts ? draft : [],
            wordTimes: wordTimes && wanted.wordTimes === true,
          };
          return { message, transfer: [copy.buffer] };
        },
      });
      return reply as Hypothesis;
    },
    close: () => pool.close(),
  };
}
