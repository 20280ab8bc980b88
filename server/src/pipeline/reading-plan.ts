/** When the open segment is read again. Milliseconds are on a clock that never steps back. */

/** Audio of a segment, its pre-roll included, without which a reading says nothing. */
const FIRST_HEARD_MS = 600;
/** The first readings follow each other closely, so that the first words are seen soon. */
const EARLY_READINGS = 3;
const EARLY_INTERVAL_MS = 300;
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
  /** How much longer that is than without load. */
  readonly stretch: number;
}

/** Since when the next reading is due, or null while it is not. */
export function readingDue(
  heard: HeardSoFar,
  read: ReadSoFar,
  { intervalMs, stretch }: Pace,
  nowMs: number,
): number | null {
  // Silence after what was read already tells nothing new (and the final is near).
  if (heard.spokenMs <= read.readMs || heard.heardMs < FIRST_HEARD_MS) return null;
  if (read.readings === 0) return nowMs;
  const early = read.readings <= EARLY_READINGS;
  const waitMs = early ? Math.min(intervalMs, EARLY_INTERVAL_MS * stretch) : intervalMs;
  const pausing = heard.heardMs - heard.spokenMs >= PAUSE_MS;
  const dueAtMs = read.readAtMs + waitMs * (pausing ? PAUSE_HASTE : 1);
  return dueAtMs <= nowMs ? dueAtMs : null;
}
