import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import {
  BrokenCircuitError,
  type BulkheadPolicy,
  BulkheadRejectedError,
  bulkhead,
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
} from 'cockatiel';
import { unlessAborted } from '../async/unless-aborted.ts';
import type { OutsideLimits } from './limits.ts';
import { OutsideError, type OutsideFault } from './outside-error.ts';

export type CallKind = 'partial' | 'final';

/**
 * - `up`: asked as usual
 * - `resting`: failed too often, and is left alone
 * - `probing`: one text of our own is on its way to it
 * - `paused`: asked for a pause
 */
export const SERVICE_STATES = ['up', 'probing', 'paused', 'resting'] as const;
export type ServiceState = (typeof SERVICE_STATES)[number];

export interface OutsideStatus {
  readonly name: string;
  readonly state: ServiceState;
  readonly running: number;
  readonly waiting: number;
  /** Tries by how they ended; `ok` among them. */
  readonly outcomes: ReadonlyMap<string, number>;
}

export interface OutsideCallsOptions {
  readonly name: string;
  readonly limits: OutsideLimits;
  /** A call that shows whether the service works again, about nothing that anybody said. */
  readonly probe: (signal: AbortSignal) => Promise<unknown>;
  /** Told when the state has changed; `fault` is what brought a rest or a pause about. */
  readonly onState?: (state: ServiceState, fault: OutsideFault | null) => void;
  /** Milliseconds on a clock that never steps back. */
  readonly now?: () => number;
}

/** After 429 without Retry-After, when every try was refused so. */
const DEFAULT_PAUSE_MS = 5_000;
/** Spreads callers that were told to come back at the same time. */
const RETRY_AFTER_JITTER_MS = 200;
/** Places that partials leave to finals. */
const PLACES_FOR_FINALS = 1;

/**
 * Every call to one service outside goes through here: bounded in number and in time, tried again
 * where that may mend it, and not made at all while the service is known to fail. Whether it works
 * again is found out with a text of our own, so that no caption waits for it. Rejects with an
 * {@link OutsideError}, or with the signal's reason. The circuit breaker, the bulkhead and the
 * backoff are cockatiel's.
 */
export class OutsideCalls {
  readonly #options: OutsideCallsOptions;
  readonly #limits: OutsideLimits;
  readonly #now: () => number;
  readonly #breaker: CircuitBreakerPolicy;
  readonly #places: BulkheadPolicy;
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #outcomes = new Map<string, number>();
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #state: ServiceState = 'up';
  #closedWith: Error | null = null;

  constructor(options: OutsideCallsOptions) {
    const { limits, now = () => performance.now() } = options;
    this.#options = options;
    this.#limits = limits;
    this.#now = now;
    this.#places = bulkhead(limits.concurrency, limits.maxWaiting);
    // Every call listens to it.
    setMaxListeners(0, this.#stop.signal);
    this.#breaker = circuitBreaker(
      handleWhen((error) => error instanceof OutsideError && error.ofTheService),
      {
        halfOpenAfter: new ExponentialBackoff({
          initialDelay: limits.minRestMs,
          maxDelay: limits.maxRestMs,
        }),
        breaker: new CountBreaker({
          threshold: limits.breakerShare,
          size: limits.breakerCalls,
          minimumNumberOfCalls: limits.breakerMinCalls,
        }),
      },
    );
    this.#breaker.onBreak((reason) => {
      const error = 'error' in reason ? reason.error : null;
      this.#enter('resting', error instanceof OutsideError ? error.fault : null);
    });
    this.#breaker.onHalfOpen(() => this.#enter('probing', null));
    this.#breaker.onReset(() => this.#enter('up', null));
  }

  get status(): OutsideStatus {
    this.#look();
    return {
      name: this.#options.name,
      state: this.#state,
      running: this.#limits.concurrency - this.#places.executionSlots,
      waiting: this.#limits.maxWaiting - this.#places.queueSlots,
      outcomes: this.#outcomes,
    };
  }

  /** Makes a call: finals wait for a place and are tried again, partials get one quick try. */
  async run<T>(
    kind: CallKind,
    attempt: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    this.#mustBeUp();
    if (kind === 'partial' && !this.#hasRoomForPartial) throw this.#fault('crowded');
    const totalMs = kind === 'final' ? this.#limits.totalMs : this.#limits.partialTimeoutMs;
    const endsAt = this.#now() + totalMs;
    const over = new AbortController();
    const late = kind === 'final' ? 'timeout' : 'late';
    const timer = setTimeout(() => over.abort(this.#fault(late)), totalMs);
    const ended = anyOf([
      over.signal,
      this.#stop.signal,
      ...(signal === undefined ? [] : [signal]),
    ]);
    try {
      ended.signal.throwIfAborted();
      // Without the signal: a bulkhead that finds who waited gone lets nobody else in their place.
      const work = this.#places.execute(() => {
        ended.signal.throwIfAborted();
        return kind === 'final'
          ? this.#tryAgain(attempt, ended.signal, endsAt)
          : this.#try(attempt, ended.signal, null);
      });
      return await this.#tracked(unlessAborted(work, ended.signal));
    } catch (error) {
      if (error instanceof BulkheadRejectedError) throw this.#fault('crowded');
      // A pause that a partial is told of spares the finals after it the same answer.
      const told = error instanceof OutsideError && error.retryAfterMs !== undefined;
      if (kind === 'partial' && told) this.#notePause(error);
      throw error;
    } finally {
      ended.release();
      clearTimeout(timer);
    }
  }

  /**
   * Refuses what comes, with this reason; what is under way is finished, within its limits, or
   * dropped. Resolves when nothing is under way. Idempotent.
   */
  async close(reason: Error, underWay: 'finish' | 'drop'): Promise<void> {
    this.#closedWith ??= reason;
    if (underWay === 'drop') this.#stop.abort(this.#closedWith);
    await Promise.allSettled(this.#underWay);
  }

  get #hasRoomForPartial(): boolean {
    const { concurrency } = this.#limits;
    return this.#places.executionSlots > Math.min(PLACES_FOR_FINALS, concurrency - 1);
  }

  async #tryAgain<T>(
    attempt: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
    endsAt: number,
  ): Promise<T> {
    const { maxTries, minRetryMs, maxRetryMs, timeoutMs } = this.#limits;
    let backoff = new ExponentialBackoff({ initialDelay: minRetryMs, maxDelay: maxRetryMs }).next();
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#try(attempt, signal, timeoutMs);
      } catch (error) {
        if (!(error instanceof OutsideError) || !error.retryable) throw error;
        const pauseMs = pauseBeforeRetry(error, backoff.duration);
        if (tries >= maxTries || this.#now() + pauseMs >= endsAt) {
          this.#notePause(error);
          throw error;
        }
        backoff = backoff.next(undefined);
        await delay(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  }

  /** One try, known to the breaker. */
  async #try<T>(
    attempt: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
    timeoutMs: number | null,
  ): Promise<T> {
    // Others may have found out meanwhile that it fails; a half-open breaker would make this one wait.
    if (this.#state !== 'up') throw this.#fault('resting');
    try {
      const result = await this.#breaker.execute(() =>
        timeoutMs === null
          ? unlessAborted(attempt(signal), signal)
          : this.#timed(attempt, signal, timeoutMs),
      );
      this.#count('ok');
      return result;
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw this.#fault('resting');
      if (error instanceof OutsideError) this.#count(error.fault);
      throw error;
    }
  }

  async #timed<T>(
    attempt: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
    timeoutMs: number,
  ): Promise<T> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(this.#fault('timeout')), timeoutMs);
    const ended = anyOf([late.signal, signal]);
    try {
      return await unlessAborted(attempt(ended.signal), ended.signal);
    } finally {
      ended.release();
      clearTimeout(timer);
    }
  }

  #mustBeUp(): void {
    if (this.#closedWith !== null) throw this.#closedWith;
    this.#look();
    if (this.#state === 'up') return;
    if (this.#state === 'resting') this.#probe();
    throw this.#fault('resting');
  }

  /** Asks the service about nothing, if it is time for that; nobody waits for it. */
  #probe(): void {
    const { timeoutMs } = this.#limits;
    const probing = this.#breaker
      .execute(() => this.#timed(this.#options.probe, this.#stop.signal, timeoutMs))
      .catch(() => undefined);
    void this.#tracked(probing);
  }

  /** A pause that was asked for and is over. */
  #look(): void {
    if (this.#state === 'paused' && this.#now() >= this.#pausedUntil) this.#enter('up', null);
  }

  #notePause(error: OutsideError): void {
    const { fault, retryAfterMs } = error;
    if (fault !== 'overloaded' && retryAfterMs === undefined) return;
    const pauseMs = Math.min(retryAfterMs ?? DEFAULT_PAUSE_MS, this.#limits.maxPauseMs);
    this.#pausedUntil = this.#now() + pauseMs;
    if (this.#breaker.state === CircuitState.Closed) this.#enter('paused', fault);
  }

  #enter(state: ServiceState, fault: OutsideFault | null): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState?.(state, fault);
  }

  #fault(fault: OutsideFault): OutsideError {
    return new OutsideError(fault, `${this.#options.name}: ${IN_WORDS[fault] ?? fault}.`);
  }

  #count(outcome: string): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
  }

  async #tracked<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
    }
  }
}

const IN_WORDS: Partial<Record<OutsideFault, string>> = {
  timeout: 'expected an answer in time, got none',
  late: 'expected an answer in time for a partial, got none',
  resting: 'it failed of late and is left alone for a while',
  crowded: 'too many texts wait for it',
};

function pauseBeforeRetry({ retryAfterMs }: OutsideError, backoffMs: number): number {
  if (retryAfterMs === undefined) return backoffMs;
  return retryAfterMs + Math.random() * RETRY_AFTER_JITTER_MS;
}

/**
 * Aborted with the first of them, as AbortSignal.any would be, but leaves no listener behind on
 * signals that live long.
 */
function anyOf(signals: readonly AbortSignal[]): { signal: AbortSignal; release: () => void } {
  const any = new AbortController();
  const listeners = signals.map((signal) => {
    const abort = () => any.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    return () => signal.removeEventListener('abort', abort);
  });
  return {
    signal: any.signal,
    release: () => {
      for (const remove of listeners) remove();
    },
  };
}
