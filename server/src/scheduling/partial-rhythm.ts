import type { PlaceCounts } from './reading-places.ts';

/** Share of the slots' time that readings may take in all; the rest is for peaks. */
const TARGET_SHARE = 0.75;
/** From here on first words have to make do with less. */
const CROWDED_SHARE = 0.6;
/** Later readings keep at least this share, so that their cost goes on being known. */
const MIN_LATER_SHARE = 0.05;
/** Beyond it a partial is of no use. */
export const MAX_INTERVAL_MS = 10_000;
/** How fast the picture of the load follows what happens. */
const HALF_LIFE_MS = 3_000;
/** Weight of the newest reading in what one costs. */
const COST_WEIGHT = 0.1;

/**
 * What a reading is for: the final, the first words of a segment (short, and worth the most), or
 * more of them.
 */
export type ReadingKind = 'final' | 'first' | 'later';

/**
 * How often open segments may be read again: as often as wished while there is time, and as seldom
 * as makes these readings fit into what finals and first words leave. The interval follows the load
 * without steps.
 */
export class PartialRhythm {
  #places: PlaceCounts;
  readonly #baseIntervalMs: number;
  #firmShare = 0;
  #finalShare = 0;
  #laterCostMs = 0;
  readonly #busyMs = { final: 0, first: 0 };
  #countedAt: number;

  constructor(places: PlaceCounts, baseIntervalMs: number, nowMs: number) {
    this.#places = places;
    this.#baseIntervalMs = baseIntervalMs;
    this.#countedAt = nowMs;
  }

  /** A slot was taken for so long. */
  observe(kind: ReadingKind, tookMs: number): void {
    if (kind !== 'later') this.#busyMs[kind] += tookMs;
    else if (this.#laterCostMs === 0) this.#laterCostMs = tookMs;
    else this.#laterCostMs += COST_WEIGHT * (tookMs - this.#laterCostMs);
  }

  /** Looks at the clock: what was taken since the last look becomes part of the picture. */
  tick(nowMs: number, places: PlaceCounts): void {
    this.#places = places;
    const passedMs = nowMs - this.#countedAt;
    if (passedMs <= 0) return;
    const { final, first } = this.#busyMs;
    const { finals, partials } = places;
    // Where finals have their own places, they leave partials all of theirs.
    const firmMs = partials === null ? final + first : first;
    const forgotten = 1 - 0.5 ** (passedMs / HALF_LIFE_MS);
    this.#finalShare += forgotten * (final / (passedMs * finals) - this.#finalShare);
    this.#firmShare += forgotten * (firmMs / (passedMs * (partials ?? finals)) - this.#firmShare);
    this.#busyMs.final = 0;
    this.#busyMs.first = 0;
    this.#countedAt = nowMs;
  }

  /** Share that finals take just now of the time of their places. */
  get finalShare(): number {
    return this.#finalShare;
  }

  /** Whether finals and first words alone take nearly all there is. */
  get crowded(): boolean {
    return this.#firmShare > CROWDED_SHARE;
  }

  /** Time between two readings of a segment while so many are open, in milliseconds. */
  intervalMs(openSegments: number): number {
    const share = Math.max(MIN_LATER_SHARE, TARGET_SHARE - this.#firmShare);
    const places = this.#places.partials ?? this.#places.finals;
    const neededMs = (openSegments * this.#laterCostMs) / (share * places);
    return Math.min(MAX_INTERVAL_MS, Math.max(this.#baseIntervalMs, neededMs));
  }
}
