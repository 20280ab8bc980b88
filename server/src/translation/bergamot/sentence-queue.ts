import { AppError } from '../../../../shared/errors.ts';
import type { ModelRoute } from './model-shelf.ts';

/** A sentence on its way through a worker. */
export interface SentenceJob {
  readonly text: string;
  readonly kind: 'partial' | 'final';
  readonly route: ModelRoute;
  readonly queuedAt: number;
  /** How many workers were lost with this sentence in them. */
  tries: number;
  /** Answered, failed or aborted: nobody waits for it any more. */
  settled: boolean;
  resolve(translation: string): void;
  reject(reason: unknown): void;
}

export interface QueuedSentence {
  readonly text: string;
  readonly kind: 'partial' | 'final';
  readonly route: ModelRoute;
  readonly signal?: AbortSignal | undefined;
}

export interface QueueLimits {
  readonly maxWaitingSentences: number;
  readonly maxPartialWaitMs: number;
}

export interface BatchLimits {
  readonly maxBatchSentences: number;
  readonly maxBatchWords: number;
  readonly maxBatchPartials: number;
}

/** When a caller that was refused may try again: a full queue is worked off in about this time. */
const BUSY_RETRY_MS = 2_000;

/**
 * Sentences that wait for a worker: finals before partials, those lost with a worker first. Finals
 * go in the order of arrival, of partials the newest goes first: where not all can be translated,
 * those that are come at once, and the others are soon replaced by what was said since. An aborted
 * one leaves at once.
 */
export class SentenceQueue {
  readonly #limit: number;
  readonly #maxPartialWaitMs: number;
  readonly #now: () => number;
  /** Each in the order in which they are to be taken. */
  #finals: SentenceJob[] = [];
  #partials: SentenceJob[] = [];

  constructor(limits: QueueLimits, now: () => number) {
    this.#limit = limits.maxWaitingSentences;
    this.#maxPartialWaitMs = limits.maxPartialWaitMs;
    this.#now = now;
  }

  get size(): number {
    return this.#finals.length + this.#partials.length;
  }

  /** Rejects with the signal's reason, or with `server_busy` when the queue is full. */
  add({ text, kind, route, signal }: QueuedSentence): Promise<string> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (this.size >= this.#limit && !this.#dropPartial()) return reject(this.#busy());
      const settle = (act: () => void) => {
        job.settled = true;
        signal?.removeEventListener('abort', onAbort);
        act();
      };
      const job: SentenceJob = {
        text,
        kind,
        route,
        queuedAt: this.#now(),
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
      if (kind === 'final') this.#finals.push(job);
      else this.#partials.unshift(job);
    });
  }

  /** The next in turn, or the next in turn of those that `suits`. */
  find(suits: (route: ModelRoute) => boolean = () => true): SentenceJob | undefined {
    const fits = ({ route }: SentenceJob) => suits(route);
    return this.#finals.find(fits) ?? this.#partials.find(fits);
  }

  /** Refuses partials that waited too long: more has been said since, and the caller can say it. */
  dropStale(): void {
    const oldest = this.#now() - this.#maxPartialWaitMs;
    for (const job of this.#partials.filter(({ queuedAt }) => queuedAt < oldest)) {
      this.#remove(job);
      job.reject(this.#busy());
    }
  }

  /** Takes a sentence and, up to the limits, those behind it that share its route and kind. */
  takeBatch(first: SentenceJob, limits: BatchLimits): SentenceJob[] {
    const batch: SentenceJob[] = [];
    let words = 0;
    const most = first.kind === 'final' ? limits.maxBatchSentences : limits.maxBatchPartials;
    for (const job of this.#line(first.kind)) {
      if (job.route.id !== first.route.id) continue;
      const more = countWords(job.text);
      const fits = batch.length < most && words + more <= limits.maxBatchWords;
      // One that was lost with a worker goes alone: it may be what ended it.
      const alone = job.tries > 0 || batch.some(({ tries }) => tries > 0);
      if (batch.length > 0 && (!fits || alone)) break;
      batch.push(job);
      words += more;
    }
    for (const job of batch) this.#remove(job);
    return batch;
  }

  /** Takes sentences back in front of all others of their kind. */
  putBack(jobs: readonly SentenceJob[]): void {
    this.#finals.unshift(...jobs.filter(({ kind }) => kind === 'final'));
    this.#partials.unshift(...jobs.filter(({ kind }) => kind === 'partial'));
  }

  rejectAll(reason: unknown, suits: (route: ModelRoute) => boolean = () => true): void {
    for (const job of [...this.#finals, ...this.#partials]) {
      if (!suits(job.route)) continue;
      this.#remove(job);
      job.reject(reason);
    }
  }

  /** Makes room at the cost of the oldest partial. */
  #dropPartial(): boolean {
    const dropped = this.#partials.pop();
    dropped?.reject(this.#busy());
    return dropped !== undefined;
  }

  #remove(job: SentenceJob): void {
    const line = this.#line(job.kind);
    const at = line.indexOf(job);
    if (at !== -1) line.splice(at, 1);
  }

  #line(kind: SentenceJob['kind']): SentenceJob[] {
    return kind === 'final' ? this.#finals : this.#partials;
  }

  #busy(): AppError {
    return new AppError(
      'server_busy',
      `Expected at most ${this.#limit} sentences waiting for translation.`,
      { retryAfterMs: BUSY_RETRY_MS },
    );
  }
}

function countWords(text: string): number {
  return text.split(/\s+/u).length;
}
