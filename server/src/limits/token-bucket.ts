/**
 * So many at once, and so many a second in the long run (RFC 2697 calls it a token bucket). Two
 * numbers of state, whatever the rate.
 */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perMs: number;
  #tokens: number;
  #at: number;

  /** Times are milliseconds on one clock that never steps back. */
  constructor(capacity: number, perSecond: number, nowMs: number) {
    this.#capacity = capacity;
    this.#perMs = perSecond / 1000;
    this.#tokens = capacity;
    this.#at = nowMs;
  }

  /** Takes `amount`; false, and nothing is taken, where there is not as much. */
  take(amount: number, nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#tokens < amount) return false;
    this.#tokens -= amount;
    return true;
  }

  /** Milliseconds until `amount` can be had; 0 where it is there. */
  waitMs(amount: number, nowMs: number): number {
    this.#fill(nowMs);
    return Math.max(0, Math.ceil((amount - this.#tokens) / this.#perMs));
  }

  /** Whether it is as if nobody had ever taken anything. */
  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens >= this.#capacity;
  }

  #fill(nowMs: number): void {
    const passedMs = Math.max(0, nowMs - this.#at);
    this.#at = nowMs;
    this.#tokens = Math.min(this.#capacity, this.#tokens + passedMs * this.#perMs);
  }
}
