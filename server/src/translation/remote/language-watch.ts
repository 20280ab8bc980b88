import { setTimeout as delay } from 'node:timers/promises';
import { unlessAborted } from '../../async/unless-aborted.ts';
import { LanguageTable, type ServicePair } from './language-table.ts';

export interface WatchTimes {
  /** How long a start waits for a first answer; a service that is slow is offered when it answers. */
  readonly startWaitMs: number;
  /** One question. */
  readonly answerMs: number;
  /** Until it is asked again after an answer. */
  readonly refreshMs: number;
  /** Until it is asked again after none: doubled each time, from the first to the second. */
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
}

export const WATCH_TIMES: WatchTimes = {
  startWaitMs: 3_000,
  answerMs: 5_000,
  refreshMs: 300_000,
  minRetryMs: 2_000,
  maxRetryMs: 60_000,
};

export interface LanguageWatchOptions {
  readonly ask: (signal: AbortSignal) => Promise<readonly ServicePair[]>;
  /** Told when the languages are others than before; not of those that `start` waited for. */
  readonly onChange: () => void;
  /** Told of every question that got no answer, or no usable one. */
  readonly onProblem?: (error: unknown) => void;
  readonly times?: Partial<WatchTimes>;
}

/**
 * Knows the languages of a service by asking it, again and again. While it does not answer, what was
 * known last applies: a service that is away for a moment takes nobody's language away.
 */
export class LanguageWatch {
  readonly #options: LanguageWatchOptions;
  readonly #times: WatchTimes;
  readonly #stop = new AbortController();
  #table = new LanguageTable();
  #asked: Promise<void> = Promise.resolve();
  #watching: Promise<void> = Promise.resolve();
  #started = false;

  constructor(options: LanguageWatchOptions) {
    this.#options = options;
    this.#times = { ...WATCH_TIMES, ...options.times };
  }

  get table(): LanguageTable {
    return this.#table;
  }

  /** Asks for the first time; resolves with the answer, or without it after `startWaitMs`. */
  async start(): Promise<void> {
    const { startWaitMs } = this.#times;
    this.#watching = this.#watch();
    const patience = AbortSignal.timeout(startWaitMs);
    await unlessAborted(this.#asked, patience).catch(() => undefined);
    this.#started = true;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stop;
    const { refreshMs, minRetryMs, maxRetryMs } = this.#times;
    let retryMs = minRetryMs;
    while (!signal.aborted) {
      let answered = false;
      const asking = this.#ask().then((heard) => {
        answered = heard;
      });
      this.#asked = asking;
      await asking;
      const pauseMs = answered ? refreshMs : retryMs;
      retryMs = answered ? minRetryMs : Math.min(2 * retryMs, maxRetryMs);
      // Closing ends the pause early.
      await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #ask(): Promise<boolean> {
    const patience = AbortSignal.timeout(this.#times.answerMs);
    const signal = AbortSignal.any([patience, this.#stop.signal]);
    try {
      const table = new LanguageTable(await unlessAborted(this.#options.ask(signal), signal));
      if (!table.equals(this.#table)) {
        this.#table = table;
        if (this.#started) this.#options.onChange();
      }
      return true;
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#options.onProblem?.(error);
      return false;
    }
  }
}
