import { SAMPLE_RATE } from '../../../../../shared/limits.ts';
import type { WordTime } from '../../recognizer.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { alignWords } from './align-words.ts';
import type { CrossAttention } from './cross-attention.ts';
import { frameStartMs } from './frame-clock.ts';
import { scoreSilence } from './score-silence.ts';
import { HEAD_WEIGHTS, scoreTokens } from './score-tokens.ts';
import { tokenWords } from './token-words.ts';

/**
 * When each word of a text was said, in milliseconds from the first sample: where the decoder
 * looked while it wrote it, as openai/whisper's `timing.py` does with dynamic time warping, and the
 * pauses that are heard in the audio itself.
 *
 * @param samples 16 kHz, as the encoder got them
 * @param tokens what the decoder wrote
 * @param attention where it looked at each step; those of `tokens` come first
 */
export function timeWords(
  tokenizer: Tokenizer,
  samples: Float32Array,
  tokens: readonly number[],
  attention: CrossAttention,
  weights = HEAD_WEIGHTS,
): WordTime[] {
  const words = tokenWords(tokenizer, tokens);
  const scores = scoreTokens(attention, tokens.length, weights);
  const silence = scoreSilence(samples, attention.frames);
  const nothing = new Float32Array(attention.frames);
  const spans = alignWords(
    words.map((word) => word.tokens.map((token) => scores[token] ?? nothing)),
    silence,
  );
  const lastMs = Math.floor((samples.length * 1000) / SAMPLE_RATE);
  const timeOf = (frame: number) => Math.min(lastMs, Math.max(0, Math.round(frameStartMs(frame))));
  return words.map(({ text }, index) => {
    const { from, to } = spans[index] ?? { from: 0, to: 0 };
    return { text, startMs: timeOf(from), endMs: timeOf(to) };
  });
}
