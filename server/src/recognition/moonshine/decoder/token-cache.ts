import { CACHED_ROWS, HIDDEN_SIZE } from './decoder-sizes.ts';

const TOKEN_SIZE = CACHED_ROWS * HIDDEN_SIZE;
/** As many as a sentence of five seconds has. */
const FIRST_CAPACITY = 32;

/**
 * Self-attention's keys and values of the tokens read so far, token after token: so what is new goes
 * behind, and what is wrong is cut off, without moving the rest.
 */
export class TokenCache {
  #rows = new Float32Array(FIRST_CAPACITY * TOKEN_SIZE);
  #length = 0;

  /** Tokens. */
  get length(): number {
    return this.#length;
  }

  /** `[length, CACHED_ROWS, heads, head size]`, not a copy; valid until the next change. */
  get rows(): Float32Array {
    return this.#rows.subarray(0, this.#length * TOKEN_SIZE);
  }

  append(rows: Float32Array): void {
    const at = this.#length * TOKEN_SIZE;
    if (at + rows.length > this.#rows.length) {
      const grown = new Float32Array(2 * (at + rows.length));
      grown.set(this.#rows.subarray(0, at));
      this.#rows = grown;
    }
    this.#rows.set(rows, at);
    this.#length += rows.length / TOKEN_SIZE;
  }

  truncate(length: number): void {
    this.#length = Math.min(this.#length, length);
  }
}
