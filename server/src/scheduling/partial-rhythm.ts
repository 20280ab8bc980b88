/** Share of the slots' time that finals and partials together may take; the rest is for peaks. */
const TARGET_SHARE = 0.8;
/** Partials keep at least this share, so that their cost goes on being known. */
const MIN_PARTIAL_SHARE = 0.05;
/** Beyond it a partial is of no use. */
export const MAX_INTERVAL_MS = 10_000;
/** How fast the picture of the load follows what happens. */
const HALF_LIFE_MS = 3_000;
/** Weight of the newest partial in what one costs. */
const COST_WEIGHT = 0.1;

/**
 * How often open segments may be read again: as often as wished while there is time, and as seldom
 * as makes them fit into what finals leave. The interval follows the load without steps.
 */
export class PartialRhythm {
  readonly #slots: number;
  readonly #baseIntervalMs: number;
  #finalShare = 0;
  #partialCostMs = 0;
  #busyMs = 0;
  #countedAt: number;

  constructor(slots: number, baseIntervalMs: number, nowMs: number) {
    this.#slots = slots;
    this.#baseIntervalMs = baseIntervalMs;
    this.#countedAt = nowMs;
  }

  /** A slot was taken for so long. */
  observe(kind: 'partial' | 'final', tookMs: number): void {
    if (kind === 'final') this.#busyMs += tookMs;
    else if (this.#partialCostMs === 0) this.#partialCostMs = tookMs;
    else this.#partialCostMs += COST_WEIGHT * (tookMs - this.#partialCostMs);
  }

  /** Looks at the clock: what finals took since the last look becomes part of the picture. */
  tick(nowMs: number): void {
    const passedMs = nowMs - this.#countedAt;
    if (passedMs <= 0) return;
    const share = this.#busyMs / (passedMs * this.#slots);
    const forgotten = 1 - 0.5 ** (passedMs / HALF_LIFE_MS);
    this.#finalShare += forgotten * (share - this.#finalShare);
    this.#busyMs = 0;
    this.#countedAt = nowMs;
  }

  /** Share of the slots' time that finals take just now. */
  get finalShare(): number {
    return this.#finalShare;
  }

  /** Time between two readings of a segment while so many are open, in milliseconds. */
  intervalMs(openSegments: number): number {
    const share = Math.max(MIN_PARTIAL_SHARE, TARGET_SHARE - this.#finalShare);
    const neededMs = (openSegments * this.#partialCostMs) / (share * this.#slots);
    return Math.min(MAX_INTERVAL_MS, Math.max(this.#baseIntervalMs, neededMs));
  }
}
