import { FRAME_CENTRE, FRAME_SAMPLES } from './frame-clock.ts';

/** Samples on either side of a frame's centre whose loudness counts as the frame's. */
const REACH = 256;
/** Lifts consonants, which carry little energy at low frequencies. */
const PRE_EMPHASIS = 0.97;
/** The loudness that these shares of all frames do not reach are taken for silence and speech. */
const QUIET_SHARE = 0.1;
const LOUD_SHARE = 0.9;
/** Audio of one loudness is not all silence and speech. */
const MIN_RANGE_DB = 10;
/** Where silence and speech are nearer to each other than this, as in noise, loudness says less. */
const TRUSTED_RANGE_DB = 20;
const FLOOR_DB = -100;
/**
 * Log odds of a pause at the quiet end, and how they fall towards the loud one: logistic regression
 * on bench/word-times/reference.tsv, and one added, which made starts after pauses most exact.
 */
const SILENCE_AT_QUIET = 2;
const SILENCE_PER_LEVEL = -6.9;
const MAX_LEVEL = 1.5;
const MIN_LEVEL = -0.5;

/** How much each frame of the audio (16 kHz) sounds like a pause between words, as log odds. */
export function scoreSilence(samples: Float32Array, frames: number): Float32Array {
  const loudness = Float64Array.from({ length: frames }, (_, frame) => {
    const centre = frame * FRAME_SAMPLES + FRAME_CENTRE;
    return loudnessOf(samples, Math.max(1, centre - REACH), centre + REACH);
  });
  const sorted = loudness.slice().sort();
  const quiet = sorted[Math.floor(QUIET_SHARE * (frames - 1))] ?? FLOOR_DB;
  const loud = sorted[Math.ceil(LOUD_SHARE * (frames - 1))] ?? FLOOR_DB;
  const range = Math.max(MIN_RANGE_DB, loud - quiet);
  const trust = Math.min(1, (loud - quiet) / TRUSTED_RANGE_DB);
  return Float32Array.from(loudness, (value) => {
    const level = Math.min(MAX_LEVEL, Math.max(MIN_LEVEL, (value - quiet) / range));
    return trust * (SILENCE_AT_QUIET + SILENCE_PER_LEVEL * level);
  });
}

function loudnessOf(samples: Float32Array, from: number, to: number): number {
  const end = Math.min(to, samples.length);
  let sum = 0;
  for (let at = from; at < end; at += 1) {
    const value = (samples[at] as number) - PRE_EMPHASIS * (samples[at - 1] as number);
    sum += value * value;
  }
  const db = 10 * Math.log10(sum / Math.max(1, end - from));
  return Number.isFinite(db) ? Math.max(FLOOR_DB, db) : FLOOR_DB;
}
