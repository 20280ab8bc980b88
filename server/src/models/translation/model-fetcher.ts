import { AppError, type ErrorCode } from '../../../../shared/errors.ts';

/** Told which languages are read; what it does about them is its own affair. */
export interface LanguageDemand {
  /** What is said in `from` is read in these languages here. Cheap, and called again and again. */
  wanted(from: string, languages: readonly string[]): void;
}

/** What a fetcher works with. */
export interface ModelSupply {
  /** Pairs that would make this translation neural, or better; none where it is or nothing can. */
  missing(from: string, to: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Rejects where it did not work, or with the signal's reason. */
  install(pair: string, signal: AbortSignal): Promise<void>;
}

export interface FetcherEvents {
  fetching(pair: string): void;
  fetched(pair: string, durationMs: number): void;
  failed(pair: string, error: unknown, retryMs: number | null): void;
}

export interface FetcherLimits {
  /** Before a pair is tried again; doubled each time. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** Translations looked at, ever; a server reads some dozens. */
  readonly maxTranslations: number;
}

export const FETCHER_LIMITS: FetcherLimits = {
  firstRetryMs: 30_000,
  longestRetryMs: 3_600_000,
  maxTranslations: 2_000,
};

/** Trying again does not mend these. */
const FINAL_CODES: ReadonlySet<ErrorCode> = new Set(['invalid_setting']);

type Progress =
  | { readonly kind: 'busy' }
  /** Looked after for as long as this process lives, even where somebody removes it by hand. */
  | { readonly kind: 'settled' }
  | { readonly kind: 'failed'; readonly tries: number; readonly retryAt: number };

/**
 * Fetches the models of translations that are read, one at a time, in the background. What failed
 * is tried again, later and later, for as long as somebody reads it.
 */
export class ModelFetcher implements LanguageDemand {
  readonly #supply: ModelSupply;
  readonly #events: FetcherEvents;
  readonly #limits: FetcherLimits;
  readonly #now: () => number;
  readonly #stop = new AbortController();
  readonly #progress = new Map<string, Progress>();
  #line: Promise<void> = Promise.resolve();

  constructor(
    supply: ModelSupply,
    events: FetcherEvents,
    limits = FETCHER_LIMITS,
    now: () => number = () => performance.now(),
  ) {
    this.#supply = supply;
    this.#events = events;
    this.#limits = limits;
    this.#now = now;
  }

  wanted(from: string, languages: readonly string[]): void {
    for (const to of languages) if (to !== from) this.#want(from, to);
  }

  /** Ends a download under way, which the next start goes on with. Idempotent. */
  async close(): Promise<void> {
    this.#stop.abort(new AppError('shutting_down', 'The server is closing.'));
    await this.#line;
  }

  #want(from: string, to: string): void {
    const key = `${from}-${to}`;
    const before = this.#progress.get(key);
    if (this.#stop.signal.aborted || before?.kind === 'busy' || before?.kind === 'settled') return;
    if (before?.kind === 'failed' && this.#now() < before.retryAt) return;
    if (before === undefined && this.#progress.size >= this.#limits.maxTranslations) return;
    const tries = before?.kind === 'failed' ? before.tries : 0;
    this.#progress.set(key, { kind: 'busy' });
    this.#line = this.#line.then(async () => {
      if (!this.#stop.signal.aborted) this.#progress.set(key, await this.#bring(from, to, tries));
    });
  }

  /** Never rejects: what went wrong is told and becomes a later try. */
  async #bring(from: string, to: string, tries: number): Promise<Progress> {
    const { signal } = this.#stop;
    let pair = `${from}-${to}`;
    try {
      for (pair of await this.#supply.missing(from, to, signal)) {
        const startedAt = this.#now();
        this.#events.fetching(pair);
        await this.#supply.install(pair, signal);
        this.#events.fetched(pair, this.#now() - startedAt);
      }
      return { kind: 'settled' };
    } catch (error) {
      if (signal.aborted) return { kind: 'settled' };
      const isFinal = error instanceof AppError && FINAL_CODES.has(error.code);
      const { firstRetryMs, longestRetryMs } = this.#limits;
      const retryMs = Math.min(longestRetryMs, firstRetryMs * 2 ** tries);
      this.#events.failed(pair, error, isFinal ? null : retryMs);
      if (isFinal) return { kind: 'settled' };
      return { kind: 'failed', tries: tries + 1, retryAt: this.#now() + retryMs };
    }
  }
}
