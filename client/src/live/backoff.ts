/** Shortest pause before the first try: most often another node is there, and can be had at once. */
export const BACKOFF_FIRST_MS = 20;
/** Shortest pause before later tries, and the longest of all, in milliseconds. */
export const BACKOFF_MIN_MS = 200;
export const BACKOFF_MAX_MS = 5000;
/** Longest pause that a server may ask for: a wrong number must not park a speaker for an hour. */
export const MAX_RETRY_AFTER_MS = 60_000;
/** Share of an asked-for pause that is added at random, so that a crowd does not return as one. */
const RETRY_AFTER_JITTER = 0.2;

/**
 * Pauses that double up to a limit, each drawn at random ("full jitter" above the minimum): those who
 * lose the same node at the same moment do not arrive as one at the next.
 */
export class Backoff {
  readonly #random: () => number;
  #attempt = 0;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** How many pauses were handed out since the last reset. */
  get attempt(): number {
    return this.#attempt;
  }

  /** The next pause in milliseconds; never shorter than what the server asked for. */
  next(retryAfterMs = 0): number {
    this.#attempt += 1;
    const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** (this.#attempt - 1));
    const least = this.#attempt === 1 ? BACKOFF_FIRST_MS : BACKOFF_MIN_MS;
    const own = least + this.#random() * (ceiling - least);
    const asked = Math.min(retryAfterMs, MAX_RETRY_AFTER_MS);
    return Math.round(Math.max(own, asked * (1 + RETRY_AFTER_JITTER * this.#random())));
  }

  reset(): void {
    this.#attempt = 0;
  }
}
