import { AppError } from '../../../shared/errors.ts';
import { type InferenceThread, ThreadDied, type ThreadMessage } from './inference-thread.ts';

/** A job that lost its thread is tried once more, on another one. */
const MAX_ATTEMPTS = 2;

/** What the pool needs of an {@link InferenceThread}. */
export type PooledThread = Pick<InferenceThread, 'alive' | 'run' | 'close' | 'abandon'>;

export interface ThreadPoolOptions {
  /** Threads, and so jobs at the same time. */
  readonly threads: number;
  /** Jobs that may wait for a thread; the next one is refused with `busy`. */
  readonly maxWaiting: number;
  /** A thread that works longer on one job counts as dead, in milliseconds. */
  readonly runLimitMs: number;
  startThread(): Promise<PooledThread>;
  readonly errors: {
    busy(): AppError;
    /** For a job whose engine failed, or that lost its thread twice. */
    failed(cause: unknown): AppError;
    closed(): AppError;
  };
}

export interface PoolJob {
  /** Called for each attempt, when the work begins; transferred buffers are lost with a thread. */
  prepare(): ThreadMessage;
  /** Heeded until the work begins. */
  readonly signal?: AbortSignal | undefined;
}

type Slot =
  | { kind: 'idle'; thread: PooledThread }
  | { kind: 'busy'; thread: PooledThread }
  | { kind: 'starting' }
  /** Its last start failed; the next job tries again. */
  | { kind: 'empty' };

interface WaitingJob {
  readonly job: PoolJob;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
  stopListening(): void;
}

/** Worker threads that share one bounded line of jobs; a thread that dies is replaced. */
export class ThreadPool {
  readonly #options: ThreadPoolOptions;
  readonly #slots: Slot[];
  readonly #waiting: WaitingJob[] = [];
  /** Starts and runs under way; close() waits for them. */
  readonly #tasks = new Set<Promise<void>>();
  #closed: Promise<void> | null = null;
  #replaced = 0;

  private constructor(options: ThreadPoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.threads }, () => ({ kind: 'empty' }));
  }

  /** Resolves when every thread is up; when one cannot start, all end and its error is thrown. */
  static async start(options: ThreadPoolOptions): Promise<ThreadPool> {
    if (!Number.isInteger(options.threads) || options.threads < 1) {
      throw new RangeError(`Expected at least one thread, got ${options.threads}.`);
    }
    const pool = new ThreadPool(options);
    const starts = await Promise.allSettled(
      pool.#slots.map(async (_, index) => {
        pool.#slots[index] = { kind: 'idle', thread: await options.startThread() };
      }),
    );
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed) {
      await pool.close();
      throw failed.reason;
    }
    return pool;
  }

  /** Threads that died and were given up, since the start. */
  get replaced(): number {
    return this.#replaced;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Rejects with the signal's reason, with one of `options.errors`, or the engine's AppError. */
  run(job: PoolJob): Promise<unknown> {
    const { errors, maxWaiting } = this.#options;
    if (job.signal?.aborted) return Promise.reject(job.signal.reason);
    if (this.#closed) return Promise.reject(errors.closed());
    if (this.#waiting.length >= maxWaiting && !this.#slots.some((slot) => slot.kind === 'idle')) {
      return Promise.reject(errors.busy());
    }
    return new Promise((resolve, reject) => {
      const waiting: WaitingJob = { job, resolve, reject, attempts: 0, stopListening: () => {} };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(job.signal?.reason);
      };
      job.signal?.addEventListener('abort', onAbort, { once: true });
      waiting.stopListening = () => job.signal?.removeEventListener('abort', onAbort);
      this.#waiting.push(waiting);
      this.#assign();
    });
  }

  /** Idempotent: refuses what waits, lets every thread finish its job, resolves when all ended. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    this.#refuseWaiting(this.#options.errors.closed());
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
    const ends = this.#slots.map((slot) => (slot.kind === 'idle' ? slot.thread.close() : null));
    this.#slots.fill({ kind: 'empty' });
    await Promise.all(ends);
  }

  #assign(): void {
    for (const [index, slot] of this.#slots.entries()) {
      if (this.#waiting.length === 0) return;
      if (slot.kind === 'empty') this.#track(this.#replace(index));
      if (slot.kind !== 'idle') continue;
      if (!slot.thread.alive) {
        this.#replaced += 1;
        this.#track(this.#replace(index));
        continue;
      }
      const waiting = this.#waiting.shift();
      if (waiting === undefined) return;
      waiting.stopListening();
      this.#slots[index] = { kind: 'busy', thread: slot.thread };
      this.#track(this.#work(index, slot.thread, waiting));
    }
  }

  async #work(index: number, thread: PooledThread, waiting: WaitingJob): Promise<void> {
    waiting.attempts += 1;
    try {
      waiting.resolve(await this.#runLimited(thread, waiting.job.prepare()));
    } catch (error) {
      if (error instanceof ThreadDied && waiting.attempts < MAX_ATTEMPTS && !this.#closed) {
        this.#waiting.unshift(waiting);
      } else {
        waiting.reject(error instanceof AppError ? error : this.#options.errors.failed(error));
      }
    }
    if (thread.alive) {
      this.#slots[index] = { kind: 'idle', thread };
      this.#assign();
    } else {
      this.#replaced += 1;
      await this.#replace(index);
    }
  }

  async #runLimited(thread: PooledThread, message: ThreadMessage): Promise<unknown> {
    const limit = setTimeout(() => thread.abandon(), this.#options.runLimitMs);
    try {
      return await thread.run(message);
    } finally {
      clearTimeout(limit);
    }
  }

  async #replace(index: number): Promise<void> {
    this.#slots[index] = { kind: 'empty' };
    if (this.#closed) return;
    this.#slots[index] = { kind: 'starting' };
    try {
      this.#slots[index] = { kind: 'idle', thread: await this.#options.startThread() };
      this.#assign();
    } catch (error) {
      // Not tried again here: the next job does, or a thread that becomes free.
      this.#slots[index] = { kind: 'empty' };
      if (this.#slots.every((slot) => slot.kind === 'empty')) {
        this.#refuseWaiting(error instanceof AppError ? error : this.#options.errors.failed(error));
      }
    }
  }

  #refuseWaiting(error: AppError): void {
    for (const waiting of this.#waiting.splice(0)) {
      waiting.stopListening();
      waiting.reject(error);
    }
  }

  #track(task: Promise<void>): void {
    this.#tasks.add(task);
    void task.finally(() => this.#tasks.delete(task));
  }
}
