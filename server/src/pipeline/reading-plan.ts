/** When the open segment is read again. Milliseconds are on a clock that never steps back. */

/**
 * The first readings follow each other closely, so that the first words are seen soon: how much of a
 * segment is heard before the first, its pre-roll included, how long the next wait, and how many they
 * are at most: thrifty ones end as soon as any words were shown. Measured on the English clips: after 600 ms a quarter of the readings gives words
 * that may be shown, after 850 ms half of them, after 1100 ms two thirds.
 */
const FIRST_WORDS = {
  eager: { heardMs: 600, intervalMs: 300, readings: 3, untilShown: false },
  thrifty: { heardMs: 850, intervalMs: 400, readings: 3, untilShown: true },
} as const;
/** In a pause this long no word is cut off: a good moment to read, before its time too. */
const PAUSE_MS = 96;
const PAUSE_HASTE = 0.5;

export interface HeardSoFar {
  /** Of the segment, its pre-roll included. */
  readonly heardMs: number;
  /** Of that, up to the end of the last window with speech. */
  readonly spokenMs: number;
}

export interface ReadSoFar {
  /** Readings begun. */
  readonly readings: number;
  /** Of them, those whose words were shown. */
  readonly revision: number;
  /** When the last one was asked for. */
  readonly readAtMs: number;
  /** How much of the segment the last one covered. */
  readonly readMs: number;
}

export interface Pace {
  /** Between two readings, as the load has it. */
  readonly intervalMs: number;
  /** Whether the first readings have to make do with less, too. */
  readonly crowded: boolean;
}

/** Whether the next reading is one of the first, which are there for the first words. */
export function isFirst(
  { readings, revision }: Pick<ReadSoFar, 'readings' | 'revision'>,
  { crowded }: Pick<Pace, 'crowded'>,
): boolean {
  const firstWords = firstWordsOf(crowded);
  return readings < firstWords.readings && !(firstWords.untilShown && revision > 0);
}

/** Since when the next reading is due, or null while it is not. */
export function readingDue(
  heard: HeardSoFar,
  read: ReadSoFar,
  { intervalMs, crowded }: Pace,
  nowMs: number,
): number | null {
  const firstWords = firstWordsOf(crowded);
  // Silence after what was read already tells nothing new (and the final is near).
  if (heard.spokenMs <= read.readMs || heard.heardMs < firstWords.heardMs) return null;
  if (read.readings === 0) return nowMs;
  const waitMs = isFirst(read, { crowded })
    ? Math.min(intervalMs, firstWords.intervalMs)
    : intervalMs;
  const pausing = heard.heardMs - heard.spokenMs >= PAUSE_MS;
  const dueAtMs = read.readAtMs + waitMs * (pausing ? PAUSE_HASTE : 1);
  return dueAtMs <= nowMs ? dueAtMs : null;
}

function firstWordsOf(crowded: boolean) {
  return crowded ? FIRST_WORDS.thrifty : FIRST_WORDS.eager;
}
