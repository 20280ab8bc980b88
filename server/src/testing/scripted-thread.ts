import { ThreadDied, type ThreadMessage } from '../inference/inference-thread.ts';
import type { PooledThread } from '../inference/thread-pool.ts';

interface ScriptedRun {
  readonly message: unknown;
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

/** A thread for unit tests: runs end when the test says so, and it dies on demand. */
export class ScriptedThread implements PooledThread {
  readonly runs: ScriptedRun[] = [];
  alive = true;
  closed = false;

  run({ message }: ThreadMessage): Promise<unknown> {
    return new Promise((resolve, reject) => this.runs.push({ message, resolve, reject }));
  }

  /** Answers the run that began first, with what `reply` makes of its message. */
  finish(reply: (message: unknown) => unknown = (message) => message): void {
    const run = this.#next();
    run.resolve(reply(run.message));
  }

  fail(error: unknown): void {
    this.#next().reject(error);
  }

  die(): void {
    this.alive = false;
    for (const run of this.runs.splice(0)) run.reject(new ThreadDied('The inference thread died.'));
  }

  abandon(): void {
    this.die();
  }

  close(): Promise<void> {
    this.closed = true;
    this.alive = false;
    return Promise.resolve();
  }

  #next(): ScriptedRun {
    const run = this.runs.shift();
    if (run === undefined) throw new Error('Expected a run under way, got none.');
    return run;
  }
}
