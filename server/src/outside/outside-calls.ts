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
import { withDeadline } from '../async/with-deadline.ts';
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
  /** Told of every try, and every probe, that the service failed or refused. */
  readonly onFault?: (error: OutsideError) => void;
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
    this.#breaker = circuitBreaker(
      handleWhen(
        (error) =>
          error instanceof FailedProbe || (error instanceof OutsideError && error.ofTheService),
      ),
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
      const cause = error instanceof FailedProbe ? error.cause : error;
      this.#enter('resting', cause instanceof OutsideError ? cause.fault : null);
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
    const late = () => this.#fault(kind === 'final' ? 'timeout' : 'late');
    const signals = [this.#stop.signal, ...(signal === undefined ? [] : [signal])];
    const work = withDeadline({ ms: totalMs, late, signals }, (ended) =>
      // Without the signal: a bulkhead that finds who waited gone lets nobody else in their place.
      this.#places.execute(() => {
        ended.throwIfAborted();
        return kind === 'final'
          ? this.#tryAgain(attempt, ended, endsAt)
          : this.#try(() => unlessAborted(attempt(ended), ended));
      }),
    );
    try {
      return await this.#tracked(work);
    } catch (error) {
      if (error instanceof BulkheadRejectedError) throw this.#fault('crowded');
      // A pause that a partial is told of spares the finals after it the same answer.
      const told = error instanceof OutsideError && error.retryAfterMs !== undefined;
      if (kind === 'partial' && told) this.#notePause(error);
      throw error;
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
    const { maxTries, minRetryMs, maxRetryMs } = this.#limits;
    let backoff = new ExponentialBackoff({ initialDelay: minRetryMs, maxDelay: maxRetryMs }).next();
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#try(() => this.#timed(attempt, signal));
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
  async #try<T>(ask: () => Promise<T>): Promise<T> {
    // Others may have found out meanwhile that it fails; a half-open breaker would make this one wait.
    if (this.#state !== 'up') throw this.#fault('resting');
    try {
      const result = await this.#breaker.execute(ask);
      this.#count('ok');
      return result;
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw this.#fault('resting');
      if (error instanceof OutsideError) {
        this.#count(error.fault);
        this.#options.onFault?.(error);
      }
      throw error;
    }
  }

  #timed<T>(attempt: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const late = () => this.#fault('timeout');
    return withDeadline({ ms: this.#limits.timeoutMs, late, signals: [signal] }, attempt);
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
    if (this.#now() < this.#pausedUntil) return;
    const probing = this.#breaker.execute(() => this.#askProbe()).catch(() => undefined);
    void this.#tracked(probing);
  }

  /** Rejects with a {@link FailedProbe} unless it was answered; an answer that is no use to a reader is one. */
  async #askProbe(): Promise<void> {
    try {
      await this.#timed(this.#options.probe, this.#stop.signal);
    } catch (error) {
      if (error instanceof OutsideError) {
        this.#options.onFault?.(error);
        if (error.fault === 'unusable') return;
        this.#notePause(error);
      }
      throw new FailedProbe('Expected an answer, got none.', { cause: error });
    }
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
    if (this.#state === state || this.#closedWith !== null) return;
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

/** A cockatiel breaker takes any error that is not one of its own for a recovery. */
class FailedProbe extends Error {}

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
