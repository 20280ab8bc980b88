import { AppError } from '../../../shared/errors.ts';
import { TokenBucket } from './token-bucket.ts';

/** Addresses whose handshakes are remembered; beyond, the one that came first is forgotten. */
export const MAX_REMEMBERED_ADDRESSES = 20_000;

export interface AddressLimitOptions {
  /** At the same time, of one address. */
  readonly maxConnections: number;
  /** New ones a minute, of one address; any number without. */
  readonly perMinute?: number;
  /** Milliseconds on a clock that never steps back. */
  readonly now?: () => number;
}

/** What one address may have of a node before anybody knows who it is. */
export class AddressLimit {
  readonly #maxConnections: number;
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #open = new Map<string, number>();
  readonly #recent = new Map<string, TokenBucket>();

  constructor({ maxConnections, perMinute, now }: AddressLimitOptions) {
    this.#maxConnections = maxConnections;
    this.#perMinute = perMinute ?? Number.POSITIVE_INFINITY;
    this.#now = now ?? (() => performance.now());
  }

  /** Addresses that something is kept of. */
  get remembered(): number {
    return this.#open.size + this.#recent.size;
  }

  /** Takes a place for one connection and returns how it is given back (idempotent); throws `rate_limited`. */
  take(address: string): () => void {
    if (Number.isFinite(this.#perMinute)) this.#countAnother(address);
    const open = this.#open.get(address) ?? 0;
    if (open >= this.#maxConnections) {
      throw new AppError(
        'rate_limited',
        `Expected at most ${this.#maxConnections} connections from one address, got another one.`,
      );
    }
    this.#open.set(address, open + 1);
    let held = true;
    return () => {
      if (held) this.#giveBack(address);
      held = false;
    };
  }

  #giveBack(address: string): void {
    const left = (this.#open.get(address) ?? 1) - 1;
    if (left > 0) this.#open.set(address, left);
    else this.#open.delete(address);
  }

  #countAnother(address: string): void {
    const now = this.#now();
    let bucket = this.#recent.get(address);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#perMinute, this.#perMinute / 60, now);
      this.#forgetOne(now);
      this.#recent.set(address, bucket);
    }
    if (bucket.take(1, now)) return;
    throw new AppError(
      'rate_limited',
      `Expected at most ${this.#perMinute} new connections a minute from one address, got more.`,
      { retryAfterMs: bucket.waitMs(1, now) },
    );
  }

  /** Makes room for one more: whoever has been quiet first, else who came first. */
  #forgetOne(now: number): void {
    if (this.#recent.size < MAX_REMEMBERED_ADDRESSES) return;
    for (const [address, bucket] of this.#recent) {
      if (bucket.isFull(now)) this.#recent.delete(address);
    }
    const [first] = this.#recent.keys();
    if (this.#recent.size >= MAX_REMEMBERED_ADDRESSES && first !== undefined) {
      this.#recent.delete(first);
    }
  }
}
