import { splitWords } from '../../../shared/words.ts';

/**
 * What is known of each word, carried over to a text of which some words were replaced by others.
 * Words are what white space parts; those at both ends that stayed the same keep what they had.
 */

/** When a word was said, from the segment's first sample on. */
export interface WordSpan {
  readonly startMs: number;
  readonly endMs: number;
}

interface Replacement {
  /** Words before the place where the texts differ. */
  readonly kept: number;
  /** Words there before and after. */
  readonly removed: number;
  readonly added: number;
}

/** What came in the place of others is as sure as the least sure of those. */
export function carryMargins(
  before: string,
  after: string,
  margins: readonly number[] | undefined,
): readonly number[] | undefined {
  if (margins === undefined || before === after) return margins;
  const { kept, removed, added } = compare(before, after);
  const replaced = margins.slice(kept, kept + removed);
  const least = replaced.length === 0 ? 0 : Math.min(...replaced);
  return [
    ...margins.slice(0, kept),
    ...Array.from({ length: added }, () => least),
    ...margins.slice(kept + removed),
  ];
}

/** What came in the place of others shares their time evenly. */
export function carryTimes(
  before: string,
  after: string,
  times: readonly WordSpan[] | undefined,
): readonly WordSpan[] | undefined {
  if (times === undefined || before === after) return times;
  const { kept, removed, added } = compare(before, after);
  const replaced = times.slice(kept, kept + removed);
  const startMs = replaced[0]?.startMs ?? times[kept - 1]?.endMs ?? times[kept]?.startMs ?? 0;
  const endMs = replaced.at(-1)?.endMs ?? startMs;
  const at = (word: number) => Math.round(startMs + ((endMs - startMs) * word) / added);
  return [
    ...times.slice(0, kept),
    ...Array.from({ length: added }, (_, word) => ({ startMs: at(word), endMs: at(word + 1) })),
    ...times.slice(kept + removed),
  ];
}

function compare(before: string, after: string): Replacement {
  const old = splitWords(before);
  const changed = splitWords(after);
  const shorter = Math.min(old.length, changed.length);
  let kept = 0;
  while (kept < shorter && old[kept] === changed[kept]) kept += 1;
  let tail = 0;
  while (tail < shorter - kept && old.at(-1 - tail) === changed.at(-1 - tail)) tail += 1;
  return { kept, removed: old.length - kept - tail, added: changed.length - kept - tail };
}
