import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Node tells of each process that it makes here. */
const CHANNEL = 'child_process';

/**
 * The processes that this thread has started and that have not ended: decoders, translators, Redis.
 * No listener is added to any of them: an error that nobody awaits stays one.
 */
export class ChildProcesses {
  readonly #known = new Set<ChildProcess>();

  /** Sees those that are started from now on; close it in the end. */
  constructor() {
    subscribe(CHANNEL, this.#onMessage);
  }

  /** Forgets those that are gone; read it now and then. */
  get pids(): readonly number[] {
    for (const child of this.#known) {
      const { pid, exitCode, signalCode } = child;
      // Without a pid it could not be started.
      if (pid === undefined || exitCode !== null || signalCode !== null) this.#known.delete(child);
    }
    return [...this.#known].flatMap(({ pid }) => pid ?? []);
  }

  close(): void {
    unsubscribe(CHANNEL, this.#onMessage);
    this.#known.clear();
  }

  readonly #onMessage = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('process' in message)) return;
    const { process } = message;
    const isChild = typeof process === 'object' && process !== null && 'exitCode' in process;
    if (isChild) this.#known.add(process as ChildProcess);
  };
}
