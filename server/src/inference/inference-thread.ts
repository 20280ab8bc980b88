import type { Worker } from 'node:worker_threads';
import { AppError } from '../../../shared/errors.ts';
import type { FromThread, ThreadError, ToThread } from './thread-messages.ts';

/** A message for a worker, and the buffers in it that change hands. */
export interface ThreadMessage {
  readonly message: unknown;
  readonly transfer?: readonly ArrayBuffer[];
}

/** The thread is gone; whatever it was working on can be given to another. */
export class ThreadDied extends Error {
  override readonly name = 'ThreadDied';
}

interface Waiter {
  resolve(reply?: unknown): void;
  reject(error: unknown): void;
}

/** Main side of one worker thread that runs an engine (see serve-thread.ts). */
export class InferenceThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Waiter>();
  readonly #exited: Promise<void>;
  readonly #ready: Promise<unknown>;
  #start: Waiter | null = null;
  #nextId = 0;
  #state: 'open' | 'closing' | 'dead' = 'open';

  private constructor(worker: Worker) {
    this.#worker = worker;
    this.#ready = new Promise((resolve, reject) => {
      this.#start = { resolve, reject };
    });
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('message', (message: FromThread) => this.#receive(message));
    worker.on('error', (error) => this.#die(error));
    worker.on('messageerror', () => this.abandon());
    worker.once('exit', (code) => this.#die(new Error(`The thread ended with code ${code}.`)));
  }

  /**
   * Resolves when the worker's engine is loaded. Rejects with the engine's own {@link AppError}, or
   * with {@link ThreadDied}; the worker has ended then.
   */
  static async start(worker: Worker): Promise<InferenceThread> {
    const thread = new InferenceThread(worker);
    try {
      await thread.#ready;
    } catch (error) {
      await thread.#exited;
      throw error;
    }
    return thread;
  }

  get alive(): boolean {
    return this.#state === 'open';
  }

  /**
   * Rejects with {@link ThreadDied} when the thread ends before it answers, with an
   * {@link AppError} or an Error when the engine failed and the thread lives on.
   */
  run({ message, transfer = [] }: ThreadMessage): Promise<unknown> {
    if (this.#state !== 'open') return Promise.reject(died(new Error('The thread is closed.')));
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#post({ kind: 'run', id, message }, transfer);
      this.#pending.set(id, { resolve, reject });
    });
  }

  /** Idempotent; lets the worker finish what it runs, and resolves when the thread has ended. */
  close(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'closing';
      this.#post({ kind: 'close' });
    }
    return this.#exited;
  }

  /** Gives up a thread that does not answer: it is told to close but nobody waits for it. */
  abandon(): void {
    this.#die(new Error('The thread did not answer in time.'));
    this.#post({ kind: 'close' });
    this.#worker.unref();
  }

  #post(message: ToThread, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, [...transfer]);
  }

  #receive(message: FromThread): void {
    if (message.kind === 'ready') {
      this.#start?.resolve();
      return;
    }
    if (message.kind === 'unfit') {
      this.#start?.reject(toError(message.error));
      return;
    }
    const run = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === 'done') run?.resolve(message.reply);
    else run?.reject(toError(message.error));
  }

  #die(cause: unknown): void {
    this.#state = 'dead';
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const run of pending) run.reject(died(cause));
    this.#start?.reject(died(cause));
  }
}

function died(cause: unknown): ThreadDied {
  return new ThreadDied('The inference thread died.', { cause });
}

function toError({ code, message }: ThreadError): Error {
  return code === null ? new Error(message) : new AppError(code, message);
}
