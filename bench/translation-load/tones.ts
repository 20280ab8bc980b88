import { encodePackets } from '../../server/src/audio/testing/opus-packets.ts';
import { FRAME_MS, SAMPLE_RATE } from '../../shared/limits.ts';

/**
 * Sentences as tones: the scripted recogniser knows by the pitch which sentence is said, and by how
 * long it lasted how many of its words. The pitch survives Opus and FFmpeg.
 */

const ENCODER_RATE = 48_000;
const LOWEST_HZ = 300;
/** Far apart enough to be told from half a second of sound, give or take a crossing at each end. */
const STEP_HZ = 25;
const AMPLITUDE = 12_000;
/** What the protocol recommends. */
const BITRATE = 48_000;
/** Samples below it are silence, or the settling of a filter. */
const QUIET = 0.05;
/** Highest pitch that the speech mode of Opus keeps: so many sentences can be told apart. */
export const MAX_TONES = 140;

/** 20 ms Opus packets of a sentence that takes so long. */
export function tonePackets(sentence: number, durationMs: number): Uint8Array[] {
  if (!Number.isInteger(sentence) || sentence < 0 || sentence >= MAX_TONES) {
    throw new RangeError(`Expected a sentence below ${MAX_TONES}, got ${sentence}.`);
  }
  const hertz = LOWEST_HZ + sentence * STEP_HZ;
  const length = Math.round(durationMs / FRAME_MS) * ((ENCODER_RATE * FRAME_MS) / 1000);
  const samples = Int16Array.from({ length }, (_, at) =>
    Math.round(AMPLITUDE * Math.sin((2 * Math.PI * hertz * at) / ENCODER_RATE)),
  );
  return encodePackets(samples, BITRATE);
}

/** Which sentence sounds in 16 kHz samples, and for how long; null where none does. */
export function heardTone(samples: Float32Array): { sentence: number; loudMs: number } | null {
  let first = -1;
  let last = -1;
  let crossings = 0;
  let sign = 0;
  for (const [at, sample] of samples.entries()) {
    if (Math.abs(sample) < QUIET) continue;
    if (first === -1) first = at;
    last = at;
    if (sign !== 0 && Math.sign(sample) !== sign) crossings += 1;
    sign = Math.sign(sample);
  }
  if (last <= first) return null;
  const loudMs = ((last - first) * 1000) / SAMPLE_RATE;
  const hertz = (crossings * 1000) / (2 * loudMs);
  const sentence = Math.floor((hertz - LOWEST_HZ) / STEP_HZ + 0.5);
  return sentence < 0 || sentence >= MAX_TONES ? null : { sentence, loudMs };
}

/** As many of a text's words as were said after so much of it. */
export function wordsSaid(text: string, loudMs: number, durationMs: number): string {
  const words = text.split(' ');
  const said = Math.ceil((words.length * loudMs) / durationMs);
  // The last word is there a moment before its tone ends: filters take the edge off.
  return words.slice(0, Math.min(words.length, Math.max(1, said))).join(' ');
}
