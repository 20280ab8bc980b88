import type { Redis } from 'ioredis';
import type { PlacedEntry } from '../../../../shared/captions.ts';
import { compareCursors } from '../../../../shared/cursor.ts';
import { cursorAfter, cursorBefore, FIRST_CURSOR } from '../cursor.ts';
import type { History } from '../transcript-store.ts';
import type { RoomKeys } from './keys.ts';
import { readEntry, type StreamEntry } from './record-entries.ts';

/** Entries read at a time, newest first. */
const HISTORY_PAGE_ENTRIES = 500;

/** The newest entries of a record after a cursor that `keep` accepts, oldest first. */
export async function readHistory(
  redis: Redis,
  keys: RoomKeys,
  after: string | null,
  limit: number,
  keep: (entry: PlacedEntry) => boolean,
): Promise<History> {
  const newestFirst: PlacedEntry[] = [];
  const pageEntries = Math.min(HISTORY_PAGE_ENTRIES, limit + 1);
  const from = after === null ? '-' : cursorAfter(after);
  let to: string | null = '+';
  let newest: string | null = null;
  let full = false;
  while (from !== null && to !== null && !full) {
    const page: readonly StreamEntry[] = await redis.xrevrange(
      keys.record,
      to,
      from,
      'COUNT',
      pageEntries,
    );
    newest ??= page[0]?.[0] ?? null;
    for (const raw of page) {
      const entry = readEntry(raw);
      if (entry === null || !keep(entry)) continue;
      full = newestFirst.length === limit;
      if (full) break;
      newestFirst.push(entry);
    }
    const oldest = page.at(-1)?.[0];
    to = page.length < pageEntries || oldest === undefined ? null : cursorBefore(oldest);
  }
  // Read last, so that what was trimmed meanwhile is not passed over in silence.
  const trimmedTo = await redis.hget(keys.room, 'trimmedTo');
  return {
    entries: newestFirst.reverse(),
    cursor: newest ?? after ?? FIRST_CURSOR,
    truncated: full || (trimmedTo !== null && compareCursors(after ?? FIRST_CURSOR, trimmedTo) < 0),
  };
}
