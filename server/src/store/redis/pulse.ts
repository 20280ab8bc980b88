import type { Redis } from 'ioredis';

/** How often an idle connection is asked whether it still answers. */
export const PULSE_INTERVAL_MS = 1_000;

/** Knows whether a connection answers, and since when without a break. */
export class Pulse {
  readonly #redis: Redis;
  readonly #nowMs: () => number;
  readonly #timer: NodeJS.Timeout;
  #answeringSinceMs: number | null;

  /** `nowMs` is a clock that never steps back. */
  constructor(redis: Redis, nowMs: () => number) {
    this.#redis = redis;
    this.#nowMs = nowMs;
    this.#answeringSinceMs = redis.status === 'ready' ? nowMs() : null;
    redis.on('ready', this.#answered);
    redis.on('close', this.missed);
    this.#timer = setInterval(() => {
      if (redis.status === 'ready') redis.ping().then(this.#answered, this.missed);
    }, PULSE_INTERVAL_MS);
    this.#timer.unref();
  }

  get answers(): boolean {
    return this.#answeringSinceMs !== null;
  }

  /** How long it has answered without a break; 0 while it does not. */
  get unbrokenMs(): number {
    return this.#answeringSinceMs === null ? 0 : this.#nowMs() - this.#answeringSinceMs;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#redis.off('ready', this.#answered);
    this.#redis.off('close', this.missed);
    this.missed();
  }

  /**
   * A command was not answered: the connection does not count as one that does until it answers
   * again. ioredis says that it is ready for a while after its socket has gone.
   */
  readonly missed = (): void => {
    this.#answeringSinceMs = null;
  };

  readonly #answered = (): void => {
    this.#answeringSinceMs ??= this.#nowMs();
  };
}
