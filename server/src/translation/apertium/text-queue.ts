import { AppError } from '../../../../shared/errors.ts';

/** A text on its way through a pipeline. */
export interface TextJob {
  readonly text: string;
  readonly kind: 'partial' | 'final';
  /** How many pipelines were lost with this text in them. */
  tries: number;
  /** Answered, failed or aborted: nobody waits for it any more. */
  settled: boolean;
  resolve(translation: string): void;
  reject(reason: unknown): void;
}

/** When a caller that was refused may try again: a full queue is worked off in about this time. */
const BUSY_RETRY_MS = 2_000;

/**
 * Texts that wait for a pipeline: finals before partials, each in the order of arrival, those sent
 * before and lost again first. An aborted text leaves at once.
 */
export class TextQueue {
  readonly #limit: number;
  #finals: TextJob[] = [];
  #partials: TextJob[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#finals.length + this.#partials.length;
  }

  /** Rejects with the signal's reason, or with `server_busy` when the queue is full. */
  add(text: string, kind: TextJob['kind'], signal?: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (this.size >= this.#limit && !this.#dropPartial(kind)) return reject(this.#busy());
      const settle = (act: () => void) => {
        job.settled = true;
        signal?.removeEventListener('abort', onAbort);
        act();
      };
      const job: TextJob = {
        text,
        kind,
        tries: 0,
        settled: false,
        resolve: (translation) => settle(() => resolve(translation)),
        reject: (reason) => settle(() => reject(reason)),
      };
      const onAbort = () => {
        this.#remove(job);
        job.reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#line(kind).push(job);
    });
  }

  peek(): TextJob | undefined {
    return this.#finals[0] ?? this.#partials[0];
  }

  take(): TextJob | undefined {
    return this.#finals.shift() ?? this.#partials.shift();
  }

  /** Takes texts back in front of all others of their kind. */
  putBack(jobs: readonly TextJob[]): void {
    this.#finals.unshift(...jobs.filter(({ kind }) => kind === 'final'));
    this.#partials.unshift(...jobs.filter(({ kind }) => kind === 'partial'));
  }

  rejectAll(reason: unknown): void {
    const jobs = [...this.#finals, ...this.#partials];
    this.#finals = [];
    this.#partials = [];
    for (const job of jobs) job.reject(reason);
  }

  /** Makes room for a final at the cost of the newest partial. */
  #dropPartial(kind: TextJob['kind']): boolean {
    const dropped = kind === 'final' ? this.#partials.pop() : undefined;
    dropped?.reject(this.#busy());
    return dropped !== undefined;
  }

  #remove(job: TextJob): void {
    const line = this.#line(job.kind);
    const at = line.indexOf(job);
    if (at !== -1) line.splice(at, 1);
  }

  #line(kind: TextJob['kind']): TextJob[] {
    return kind === 'final' ? this.#finals : this.#partials;
  }

  #busy(): AppError {
    return new AppError(
      'server_busy',
      `Expected at most ${this.#limit} texts waiting for one translator.`,
      { retryAfterMs: BUSY_RETRY_MS },
    );
  }
}
