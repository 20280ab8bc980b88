/** When the open segment is read again. Milliseconds are on a clock that never steps back. */

/** Audio of a segment, its pre-roll included, without which a reading says nothing. */
const FIRST_HEARD_MS = 600;
/** They follow each other closely, so that the first words are seen soon. */
const FIRST_READINGS = 3;
const FIRST_INTERVAL_MS = 300;
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
  /** When the last one was asked for. */
  readonly readAtMs: number;
  /** How much of the segment the last one covered. */
  readonly readMs: number;
}

export interface Pace {
  /** Between two readings, as the load has it. */
  readonly intervalMs: number;
  /** Between the first readings, as a multiple of what it is without load. */
  readonly firstStretch: number;
}

/** Whether the next reading is one of the first, which are there for the first words. */
export function isFirst({ readings }: Pick<ReadSoFar, 'readings'>): boolean {
  return readings < FIRST_READINGS;
}

/** Since when the next reading is due, or null while it is not. */
export function readingDue(
  heard: HeardSoFar,
  read: ReadSoFar,
  { intervalMs, firstStretch }: Pace,
  nowMs: number,
): number | null {
  // Silence after what was read already tells nothing new (and the final is near).
  if (heard.spokenMs <= read.readMs || heard.heardMs < FIRST_HEARD_MS) return null;
  if (read.readings === 0) return nowMs;
  const waitMs = isFirst(read)
    ? Math.min(intervalMs, FIRST_INTERVAL_MS * firstStretch)
    : intervalMs;
  const pausing = heard.heardMs - heard.spokenMs >= PAUSE_MS;
  const dueAtMs = read.readAtMs + waitMs * (pausing ? PAUSE_HASTE : 1);
  return dueAtMs <= nowMs ? dueAtMs : null;
}
