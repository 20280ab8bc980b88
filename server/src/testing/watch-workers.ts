import type { Worker } from 'node:worker_threads';
import { startWorkerThread } from '../worker-thread.ts';

export interface WorkerWatch<Argument> {
  readonly startWorker: (argument: Argument) => Worker;
  /** Workers started so far. */
  readonly started: number;
  /** Workers that have not ended. */
  readonly alive: number;
}

/** Counts an engine's workers; the first `dying` of them die of the first thing they are asked. */
export function watchWorkers<Argument>(
  start: (argument: Argument) => Worker,
  { dying = 0 } = {},
): WorkerWatch<Argument> {
  let started = 0;
  let alive = 0;
  return {
    startWorker: (argument) => {
      const worker =
        started < dying ? startWorkerThread('dying-worker', import.meta.url, {}) : start(argument);
      started += 1;
      alive += 1;
      worker.once('exit', () => {
        alive -= 1;
      });
      return worker;
    },
    get started() {
      return started;
    },
    get alive() {
      return alive;
    },
  };
}
