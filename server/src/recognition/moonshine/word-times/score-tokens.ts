import { ATTENTION_HEADS, type CrossAttention } from './cross-attention.ts';

/** What each head adds to the score of a token, by the logarithm of its attention to a frame. */
export interface HeadWeights {
  /** In the step that predicts the token. */
  readonly before: readonly number[];
  /** In the step that has read it, and looks for what comes next. */
  readonly after: readonly number[];
  readonly bias: number;
}

/**
 * Fitted by `npm run bench -- word-times --fit` (logistic regression: does a frame belong to a
 * token?) on the word times of bench/word-times/reference.tsv. Layer 3, then layer 4.
 */
export const HEAD_WEIGHTS: HeadWeights = {
  before: [
    -0.12, 0.44, -0.18, -0.19, 0.1, 0.17, 0.01, 1.39, -0.39, 0.21, 0.17, 0.16, 0.34, 0.46, 0.45,
    -0.17,
  ],
  after: [
    -0.27, 0.02, 0.29, 0.06, 0.21, -0.11, 0.01, -0.85, 0.26, -0.22, -0.18, -0.2, -0.3, -0.43, -0.28,
    -0.03,
  ],
  bias: 0.41,
};
/** Less attention than this says nothing. */
export const LEAST_ATTENTION = 1e-3;

/**
 * How much each frame of the audio belongs to each token, as log odds: one array of frames for
 * each token. The step that predicts a token looks at its sound; the step after it has gone on.
 */
export function scoreTokens(
  attention: CrossAttention,
  tokens: number,
  weights: HeadWeights = HEAD_WEIGHTS,
): Float32Array[] {
  const { frames, length } = attention;
  const steps = Math.min(tokens + 1, length);
  const before: Float32Array[] = [];
  const after: Float32Array[] = [];
  for (let step = 0; step < steps; step += 1) {
    const predicting = new Float32Array(frames).fill(weights.bias);
    const read = new Float32Array(frames);
    for (let head = 0; head < ATTENTION_HEADS; head += 1) {
      const looked = attention.head(step, head);
      const weightBefore = weights.before[head] as number;
      const weightAfter = weights.after[head] as number;
      for (let frame = 0; frame < frames; frame += 1) {
        const log = Math.log((looked[frame] as number) + LEAST_ATTENTION);
        predicting[frame] = (predicting[frame] as number) + weightBefore * log;
        read[frame] = (read[frame] as number) + weightAfter * log;
      }
    }
    before.push(predicting);
    after.push(read);
  }
  const nothing = new Float32Array(frames);
  return Array.from({ length: tokens }, (_, token) => {
    const scores = before[token] ?? nothing;
    // Decoding that was cut off has not read its last token; the step before it stands in.
    const next = after[token + 1] ?? after[token] ?? nothing;
    return scores.map((score, frame) => {
      const sum = score + (next[frame] as number);
      return Number.isFinite(sum) ? sum : 0;
    });
  });
}
