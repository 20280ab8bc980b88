import { AppError } from '../../../shared/errors.ts';
import { TokenBucket } from './token-bucket.ts';

/** Addresses whose handshakes are remembered; beyond, the one that has been quiet longest is forgotten. */
export const MAX_REMEMBERED_ADDRESSES = 20_000;
/** At most, with each handshake: more than are added. */
const FORGOTTEN_AT_ONCE = 2;

export interface AddressLimitOptions {
  /** At the same time, of one address. */
  readonly maxConnections: number;
  /** What is counted, as who is refused is told; `connections` without. */
  readonly what?: string;
  /** When who has too many of them may try again; not told without. */
  readonly retryAfterMs?: number;
  /** New ones a minute, of one address; any number without. */
  readonly perMinute?: number;
  /** Milliseconds on a clock that never steps back. */
  readonly now?: () => number;
}

/** What one address may have of a node before anybody knows who it is. */
export class AddressLimit {
  readonly #maxConnections: number;
  readonly #what: string;
  readonly #retryAfterMs: number | undefined;
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #open = new Map<string, number>();
  /** Who came last is last. */
  readonly #recent = new Map<string, TokenBucket>();

  constructor(options: AddressLimitOptions) {
    this.#maxConnections = options.maxConnections;
    this.#what = options.what ?? 'connections';
    this.#retryAfterMs = options.retryAfterMs;
    this.#perMinute = options.perMinute ?? Number.POSITIVE_INFINITY;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Addresses that something is kept of. */
  get remembered(): number {
    return this.#open.size + this.#recent.size;
  }

  /** Takes a place and returns how it is given back (idempotent); throws `rate_limited`. */
  take(address: string): () => void {
    if (Number.isFinite(this.#perMinute)) this.#countAnother(address);
    const open = this.#open.get(address) ?? 0;
    if (open >= this.#maxConnections) {
      throw new AppError(
        'rate_limited',
        `Expected at most ${this.#maxConnections} ${this.#what} from one address, got another one.`,
        this.#retryAfterMs === undefined ? {} : { retryAfterMs: this.#retryAfterMs },
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
    const bucket =
      this.#recent.get(address) ?? new TokenBucket(this.#perMinute, this.#perMinute / 60, now);
    this.#recent.delete(address);
    this.#forgetQuiet(now);
    this.#recent.set(address, bucket);
    if (bucket.take(1, now)) return;
    throw new AppError(
      'rate_limited',
      `Expected at most ${this.#perMinute} new connections a minute from one address, got more.`,
      { retryAfterMs: bucket.waitMs(1, now) },
    );
  }

  /**
   * Makes room for one more: forgets who has been quiet longest where there are too many, and who is as
   * if he had never come. A flood from ever new addresses costs the same for each of them.
   */
  #forgetQuiet(now: number): void {
    const oldest = this.#recent.entries();
    for (let count = 0; count < FORGOTTEN_AT_ONCE; count += 1) {
      const [address, bucket] = oldest.next().value ?? [];
      if (address === undefined || bucket === undefined) return;
      if (this.#recent.size < MAX_REMEMBERED_ADDRESSES && !bucket.isFull(now)) return;
      this.#recent.delete(address);
    }
  }
}
