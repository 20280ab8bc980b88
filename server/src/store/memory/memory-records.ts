import type { PlacedEntry, RecordEntry } from '../../../../shared/captions.ts';
import { compareCursors } from '../../../../shared/cursor.ts';
import { AppError } from '../../../../shared/errors.ts';
import { RecordFollower } from '../record-follower.ts';
import type { StoreLimits } from '../store-limits.ts';
import type { MemoryRoom } from './memory-room.ts';

/** What the nodes of a made-up cluster share: the rooms, and who follows them. */
export class MemoryRecords {
  /** While false, every call of every node rejects with `store_unavailable`. */
  available = true;
  readonly #rooms = new Map<string, MemoryRoom>();
  readonly #followers = new Map<string, Set<RecordFollower>>();
  #lastMs = 0;
  #number = 0;

  get rooms(): readonly string[] {
    return [...this.#rooms.keys()];
  }

  find(name: string, now: number): MemoryRoom | undefined {
    const room = this.#rooms.get(name);
    if (room === undefined || room.expiresAt > now) return room;
    this.#rooms.delete(name);
    return undefined;
  }

  open(name: string, room: MemoryRoom): void {
    this.#rooms.set(name, room);
  }

  /** Appends an entry to a room's record; cursors grow even where the clock does not. */
  place(name: string, room: MemoryRoom, entry: RecordEntry, now: number): PlacedEntry {
    this.#number = now > this.#lastMs ? 0 : this.#number + 1;
    this.#lastMs = Math.max(now, this.#lastMs);
    const placed = { ...entry, cursor: `${this.#lastMs}-${this.#number}` };
    room.entries.push(placed);
    for (const follower of this.#followers.get(name) ?? []) follower.offer(placed);
    return placed;
  }

  async *follow(
    name: string,
    after: string,
    stop: AbortSignal,
    limits: StoreLimits,
  ): AsyncGenerator<PlacedEntry> {
    const follower = new RecordFollower(after, limits.maxFollowerEntries);
    const wake = (): void => follower.wake();
    stop.addEventListener('abort', wake);
    try {
      for (;;) {
        const entries = this.#rooms.get(name)?.entries ?? [];
        const next = entries.find(({ cursor }) => compareCursors(cursor, follower.cursor) > 0);
        if (next === undefined || stop.aborted) break;
        if (follower.pass(next.cursor)) yield structuredClone(next);
      }
      this.#attach(name, follower, limits.maxFollowedRooms);
      while (!stop.aborted) {
        for (const entry of follower.take()) {
          if (stop.aborted) return;
          if (follower.pass(entry.cursor)) yield structuredClone(entry);
        }
        if (!stop.aborted) await follower.arrival();
      }
    } finally {
      stop.removeEventListener('abort', wake);
      const followers = this.#followers.get(name);
      if (followers?.delete(follower) && followers.size === 0) this.#followers.delete(name);
    }
  }

  #attach(name: string, follower: RecordFollower, maxRooms: number): void {
    const followers = this.#followers.get(name);
    if (followers === undefined && this.#followers.size >= maxRooms) {
      throw new AppError(
        'server_busy',
        `Expected at most ${maxRooms} rooms on one node, got one more.`,
      );
    }
    this.#followers.set(name, (followers ?? new Set()).add(follower));
  }
}
