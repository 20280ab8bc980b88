import { CAPTURE_RATE } from './audio-frame.ts';

/** What the meter shows as empty. */
const FLOOR_DB = -60;
/** How fast the meter falls back: quick enough to show words, slow enough to read. */
const FALL_DB_PER_S = 24;
/** Below this nobody is speaking into the microphone: a quiet room lies near it. */
const HEARD_DB = -50;
/** Silence of this length makes the page ask whether the microphone is muted. */
const UNHEARD_AFTER_MS = 6000;

/** A meter is drawn again only where it moves by one of these: silence costs nothing. */
const SHARE_STEPS = 50;

/** Root mean square of samples in −1…1, in decibels below full scale. */
export function levelDb(samples: Float32Array): number {
  if (samples.length === 0) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return 10 * Math.log10(sum / samples.length);
}

/** Where a level lies on a meter, 0…1. */
export function meterShare(db: number): number {
  if (Number.isNaN(db)) return 0;
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}

export interface Level {
  /** Length of the meter's bar, 0…1. */
  share: number;
  /** True after several seconds in which nothing could be heard. */
  unheard: boolean;
}

/** Follows the level of one source, a chunk at a time: rises at once, falls slowly. */
export class LevelMeter {
  #db = FLOOR_DB;
  #quietMs = 0;

  push(chunk: Float32Array): Level {
    const db = levelDb(chunk);
    const lastedMs = (chunk.length / CAPTURE_RATE) * 1000;
    const fallen = this.#db - (FALL_DB_PER_S * lastedMs) / 1000;
    this.#db = Math.max(FLOOR_DB, db, fallen);
    this.#quietMs = db > HEARD_DB ? 0 : this.#quietMs + lastedMs;
    const share = Math.round(meterShare(this.#db) * SHARE_STEPS) / SHARE_STEPS;
    return { share, unheard: this.#quietMs >= UNHEARD_AFTER_MS };
  }
}
