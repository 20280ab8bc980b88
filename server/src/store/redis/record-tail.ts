import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { PlacedEntry } from '../../../../shared/captions.ts';
import { compareCursors } from '../../../../shared/cursor.ts';
import { AppError } from '../../../../shared/errors.ts';
import { cursorAfter, FIRST_CURSOR } from '../cursor.ts';
import { RecordFollower } from '../record-follower.ts';
import { readEntry, type StreamEntry } from './record-entries.ts';

/** Longest wait of one read; then it is sent again, so that a dead link is found out. */
export const TAIL_BLOCK_MS = 2_000;
/** Entries of one room taken in by one read. */
export const TAIL_BATCH_ENTRIES = 100;
/** Entries of one page while a follower catches up. */
export const CATCH_UP_PAGE_ENTRIES = 500;
/** Pause after a failed read: Redis is away or restarting. */
const RETRY_PAUSE_MS = 50;
/** A node's wake-up stream goes this long after its last use. */
const WAKE_TTL_MS = 3_600_000;

export interface RecordTailOptions {
  readonly commands: Redis;
  /** Only ever blocked in reads of this tail. */
  readonly blocking: Redis;
  readonly wakeKey: string;
  readonly maxFollowerEntries: number;
  readonly maxRooms: number;
  readonly blockMs?: number;
}

interface TailedRecord {
  lastCursor: string;
  readonly followers: Set<RecordFollower>;
}

/**
 * Follows any number of records with one blocking connection. A record that joins while the read
 * blocks is announced on the node's own wake-up stream, which every read includes. After an outage
 * it goes on from the last entry it saw.
 */
export class RecordTail {
  readonly #options: RecordTailOptions;
  readonly #records = new Map<string, TailedRecord>();
  /** Ends each iteration under way; composed signals would pile up on one that lives as long. */
  readonly #ends = new Set<() => void>();
  readonly #closed = new AbortController();
  #wakeCursor = FIRST_CURSOR;
  #running: Promise<void> | null = null;

  constructor(options: RecordTailOptions) {
    this.#options = options;
  }

  /** Entries of the record at `key` after `after`: those kept, then those that come, no seam. */
  async *follow(key: string, after: string, signal: AbortSignal): AsyncGenerator<PlacedEntry> {
    const follower = new RecordFollower(after, this.#options.maxFollowerEntries);
    const stop = new AbortController();
    const end = (): void => {
      stop.abort();
      follower.wake();
    };
    signal.addEventListener('abort', end);
    this.#ends.add(end);
    if (signal.aborted || this.#closed.signal.aborted) end();
    try {
      yield* this.#catchUp(key, follower, stop.signal);
      if (stop.signal.aborted) return;
      this.#attach(key, follower);
      // What came between the last page and now, and before the shared read's own place.
      yield* this.#catchUp(key, follower, stop.signal);
      while (!stop.signal.aborted) {
        for (const entry of follower.take()) {
          if (stop.signal.aborted) return;
          if (follower.pass(entry.cursor)) yield entry;
        }
        if (!stop.signal.aborted) await follower.arrival();
      }
    } finally {
      signal.removeEventListener('abort', end);
      this.#ends.delete(end);
      this.#detach(key, follower);
    }
  }

  /** Ends every iteration; resolves when no read is under way. The connections stay the owner's. */
  async close(): Promise<void> {
    this.#closed.abort();
    for (const end of this.#ends) end();
    this.#options.blocking.disconnect();
    await this.#running;
  }

  async *#catchUp(
    key: string,
    follower: RecordFollower,
    stop: AbortSignal,
  ): AsyncGenerator<PlacedEntry> {
    let pageEntries = CATCH_UP_PAGE_ENTRIES;
    while (!stop.aborted && pageEntries === CATCH_UP_PAGE_ENTRIES) {
      const start = cursorAfter(follower.cursor);
      if (start === null) return;
      let page: readonly StreamEntry[];
      try {
        page = await this.#options.commands.xrange(key, start, '+', 'COUNT', CATCH_UP_PAGE_ENTRIES);
      } catch {
        // The store is away; a follower waits, since it has nobody to go to instead.
        await whenReachable(this.#options.commands, stop);
        continue;
      }
      pageEntries = page.length;
      for (const raw of page) {
        if (stop.aborted) return;
        const entry = readEntry(raw);
        if (follower.pass(raw[0]) && entry !== null) yield entry;
      }
    }
  }

  #attach(key: string, follower: RecordFollower): void {
    const record = this.#records.get(key);
    if (record !== undefined) {
      record.followers.add(follower);
      return;
    }
    if (this.#records.size >= this.#options.maxRooms) {
      throw new AppError(
        'server_busy',
        `Expected at most ${this.#options.maxRooms} rooms on one node, got one more.`,
      );
    }
    this.#records.set(key, { lastCursor: follower.cursor, followers: new Set([follower]) });
    if (this.#running === null) {
      this.#running = this.#run();
    } else {
      // Without Redis there is no read to wake: the next one takes the new record along.
      this.#announce().catch(() => undefined);
    }
  }

  #detach(key: string, follower: RecordFollower): void {
    const record = this.#records.get(key);
    if (record?.followers.delete(follower) && record.followers.size === 0) {
      this.#records.delete(key);
    }
  }

  async #announce(): Promise<void> {
    const { commands, wakeKey } = this.#options;
    await commands.xadd(wakeKey, 'MAXLEN', 1, '*', 'w', '');
    await commands.pexpire(wakeKey, WAKE_TTL_MS);
  }

  async #run(): Promise<void> {
    const { blocking } = this.#options;
    while (!this.#closed.signal.aborted && this.#records.size > 0) {
      try {
        this.#deal(await this.#read());
      } catch {
        // Also a read that was never answered: a new connection is the only way to be sure.
        if (blocking.status === 'ready') blocking.disconnect(true);
        await whenReachable(blocking, this.#closed.signal);
      }
    }
    // In the same turn as the last look at the records, or one that joins now would go unread.
    this.#running = null;
  }

  #read(): Promise<readonly (readonly [string, readonly StreamEntry[]])[] | null> {
    const keys = [...this.#records.keys()];
    const cursors = [...this.#records.values()].map((record) => record.lastCursor);
    return this.#options.blocking.xread(
      'COUNT',
      TAIL_BATCH_ENTRIES,
      'BLOCK',
      this.#options.blockMs ?? TAIL_BLOCK_MS,
      'STREAMS',
      this.#options.wakeKey,
      ...keys,
      this.#wakeCursor,
      ...cursors,
    );
  }

  #deal(reply: readonly (readonly [string, readonly StreamEntry[]])[] | null): void {
    for (const [key, entries] of reply ?? []) {
      if (key === this.#options.wakeKey) {
        this.#wakeCursor = entries.at(-1)?.[0] ?? this.#wakeCursor;
        continue;
      }
      const record = this.#records.get(key);
      if (record === undefined) continue;
      for (const raw of entries) {
        if (compareCursors(raw[0], record.lastCursor) <= 0) continue;
        record.lastCursor = raw[0];
        const entry = readEntry(raw);
        if (entry === null) continue;
        for (const follower of record.followers) follower.offer(entry);
      }
    }
  }
}

/** Resolves after a pause once the connection is ready, or when the signal aborts. */
async function whenReachable(redis: Redis, signal: AbortSignal): Promise<void> {
  await delay(RETRY_PAUSE_MS, undefined, { signal }).catch(() => undefined);
  if (redis.status === 'ready' || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      redis.off('ready', settle);
      signal.removeEventListener('abort', settle);
      resolve();
    };
    redis.on('ready', settle);
    signal.addEventListener('abort', settle);
  });
}
