import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import {
  closeConnection,
  connectionReady,
  openConnection,
  type RedisAddress,
} from './redis/connections.ts';

/** How often what has expired leaves the disk as well. */
export const COMPACTION_INTERVAL_MS = 3_600_000;
/** A rewrite under way began before what is to go was deleted: another must follow it. */
const POLL_MS = 250;
/** A rewrite that takes longer is left to the next interval. */
const MAX_POLLS = 240;

/**
 * Has a server write its append-only file anew: deleted text stays in the old one. Requests that
 * come while one is served are served by one more.
 */
export class AppendFileCompaction {
  readonly #address: RedisAddress;
  readonly #closed = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #requested = false;
  #running: Promise<void> | null = null;

  constructor(address: RedisAddress) {
    this.#address = address;
    this.#timer = setInterval(() => this.request(), COMPACTION_INTERVAL_MS);
    this.#timer.unref();
  }

  request(): void {
    if (this.#closed.signal.aborted) return;
    this.#requested = true;
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closed.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const redis = openConnection(this.#address, 'commands');
    try {
      await connectionReady(redis);
      while (this.#requested) {
        this.#requested = false;
        await this.#rewrite(redis);
      }
    } catch {
      // The server went away; it is compacted at the next interval.
      this.#requested = false;
    } finally {
      await closeConnection(redis);
      this.#running = null;
    }
  }

  async #rewrite(redis: Redis): Promise<void> {
    for (let poll = 0; poll < MAX_POLLS; poll += 1) {
      try {
        await redis.bgrewriteaof();
        return;
      } catch (error) {
        if (!(error instanceof Error) || !/in progress/.test(error.message)) throw error;
      }
      await delay(POLL_MS, undefined, { signal: this.#closed.signal });
    }
  }
}
