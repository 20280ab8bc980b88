import { SAMPLE_RATE } from '../../../../shared/limits.ts';
import { type Decoded, decodeGreedily } from './decode-greedily.ts';
import { LoopWatch } from './loop-watch.ts';
import type { MoonshineModel } from './moonshine-model.ts';
import { END_TOKEN, isDraftToken, START_TOKEN } from './tokenizer.ts';
import { MIN_UTTERANCE_SAMPLES } from './utterance-limits.ts';
import type { CrossAttention } from './word-times/cross-attention.ts';

/** Fast English has 6.4 tokens a second; what has more is invented. */
const MAX_TOKENS_PER_SECOND = 7;
/** Short utterances are denser than the average. */
const MAX_EXTRA_TOKENS = 4;
/** This near to the limit, a loop at the end is taken for the model's, not the speaker's. */
const CROWDED = 0.9;

export type Reading = Pick<Decoded, 'tokens' | 'margins' | 'meanLogProbability' | 'steps'>;

const NOTHING: Reading = { tokens: [], margins: [], meanLogProbability: null, steps: 0 };

/**
 * Reads one utterance; a loop that the model ran into at the end is cut to its first round. Where
 * the decoder looked is written down in `attention`.
 */
export async function readUtterance(
  model: Pick<MoonshineModel, 'listen'>,
  samples: Float32Array,
  draft: readonly number[],
  attention?: CrossAttention,
): Promise<Reading> {
  if (samples.length < MIN_UTTERANCE_SAMPLES) return NOTHING;
  const maxTokens = Math.ceil(
    (samples.length / SAMPLE_RATE) * MAX_TOKENS_PER_SECOND + MAX_EXTRA_TOKENS,
  );
  const decoded = await decodeGreedily(await model.listen(samples, attention), {
    startToken: START_TOKEN,
    endToken: END_TOKEN,
    maxTokens,
    draft: usableDraft(draft),
  });
  const crowded = decoded.stop !== 'end' || decoded.tokens.length >= maxTokens * CROWDED;
  const tokens = crowded ? cutTailLoop(decoded.tokens) : decoded.tokens;
  return {
    tokens,
    margins: decoded.margins.slice(0, tokens.length),
    meanLogProbability: decoded.meanLogProbability,
    steps: decoded.steps,
  };
}

/** The first round of a loop at the end stays. */
export function cutTailLoop(tokens: readonly number[]): readonly number[] {
  const watch = new LoopWatch();
  for (const token of tokens) watch.push(token);
  const loop = watch.tail;
  return loop === null ? tokens : tokens.slice(0, tokens.length - loop.length + loop.period);
}

/** A draft comes from outside the model: what cannot be in one ends it. */
function usableDraft(draft: readonly number[]): readonly number[] {
  const end = draft.findIndex((token) => !isDraftToken(token));
  return end === -1 ? draft : draft.slice(0, end);
}
