import { BoundedQueue } from '../async/bounded-queue.ts';

/** Finals, silence and gaps that wait for the store: some minutes of speech (INV4). */
export const MAX_UNSTORED = 64;

/**
 * What one session has to store, one after the other. The pipeline goes on meanwhile, so that
 * partials are shown while the store is away; only when too much waits does it stand still, and the
 * client keeps its frames. Nothing is acknowledged before it is stored (INV1).
 */
export class DurableWrites {
  readonly #queue = new BoundedQueue<() => Promise<void>>(MAX_UNSTORED);
  readonly #written: Promise<void>;

  /** `failed` hears of a write that cannot succeed; what waits behind it is dropped. */
  constructor(failed: (error: unknown) => void) {
    this.#written = this.#writeAll();
    this.#written.catch((error: unknown) => {
      this.#queue.fail(error);
      failed(error);
    });
  }

  /** Waits for room. After a failure the write is dropped. */
  async add(write: () => Promise<void>): Promise<void> {
    await this.#queue.push(write);
  }

  /** Resolves when everything is stored; rejects with the failure that kept it from that. */
  async finish(): Promise<void> {
    this.#queue.end();
    await this.#written;
  }

  /** Drops what waits; resolves when nothing is under way. Idempotent. */
  async drop(reason: unknown): Promise<void> {
    this.#queue.fail(reason);
    await this.#written.catch(() => undefined);
  }

  async #writeAll(): Promise<void> {
    for await (const write of this.#queue) await write();
  }
}
