import type { PlacedEntry, RecordEntry } from '../../../../shared/captions.ts';
import { SCHEMA_VERSION } from './keys.ts';

/** One entry of a Redis Stream as the client library gives it: its id, then names and values. */
export type StreamEntry = readonly [id: string, fields: readonly string[]];

const ENTRY_TYPES: ReadonlySet<unknown> = new Set(['final', 'gap', 'speaker', 'ended']);

/** Null for an entry that a newer server wrote and this one cannot read. */
export function readEntry([cursor, fields]: StreamEntry): PlacedEntry | null {
  let version: string | undefined;
  let encoded: string | undefined;
  for (let index = 0; index + 1 < fields.length; index += 2) {
    if (fields[index] === 'v') version = fields[index + 1];
    if (fields[index] === 'e') encoded = fields[index + 1];
  }
  if (version !== `${SCHEMA_VERSION}` || encoded === undefined) return null;
  const entry: RecordEntry = JSON.parse(encoded);
  return ENTRY_TYPES.has(entry.type) ? { ...entry, cursor } : null;
}

export function readEntries(entries: readonly StreamEntry[]): PlacedEntry[] {
  return entries.map(readEntry).filter((entry) => entry !== null);
}
