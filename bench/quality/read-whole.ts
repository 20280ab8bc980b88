import type { Recognizer } from '../../server/src/recognition/recognizer.ts';
import { SAMPLE_RATE } from '../../shared/limits.ts';
import { cutAtPauses, type VoiceSpan } from './voice-spans.ts';

/** Longest piece of a long recording: whole readings of more make the model repeat itself. */
export const LONG_PIECE_MS = 15_000;
/** Shorter ones are read in one piece, as engines are usually measured. */
const WHOLE_LIMIT_MS = 30_000;

/**
 * What the recogniser makes of a recording without any live path: all of it at once, or, beyond
 * half a minute, piece by piece, cut at pauses.
 */
export async function readWhole(
  samples: Float32Array,
  voice: readonly VoiceSpan[],
  recognizer: Recognizer,
): Promise<string> {
  const limitMs = Math.min(WHOLE_LIMIT_MS, recognizer.capabilities.maxUtteranceMs);
  const fits = (samples.length * 1000) / SAMPLE_RATE <= limitMs;
  const pieces = cutAtPauses(voice, samples.length, fits ? limitMs : LONG_PIECE_MS);
  const texts: string[] = [];
  for (const { start, end } of pieces) {
    const request = { samples: samples.slice(start, end), language: 'en' };
    texts.push((await recognizer.recognize(request)).text);
  }
  return texts.join(' ');
}
