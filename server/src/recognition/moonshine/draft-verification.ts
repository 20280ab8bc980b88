import type { Predictions } from './token-model.ts';

/**
 * How many tokens of a draft greedy decoding would have chosen itself: the longest run from its
 * beginning that the predictions agree with (speculative decoding, Leviathan et al. 2023, with the
 * previous hypothesis in the place of a draft model). `predictions` are those after the token
 * before the draft and after each token of it.
 */
export function countAgreed(draft: readonly number[], predictions: Predictions): number {
  let agreed = 0;
  while (agreed < draft.length && predictions.choose(agreed).token === draft[agreed]) agreed += 1;
  return agreed;
}

/**
 * Draft tokens verified in one step. Longer steps are cheaper for each token, but what lies behind a
 * disagreement was read in vain, and the model's activations, quantised over the whole step, get
 * coarser: with 16 a growing window is cheapest, and seldom differs from plain decoding.
 */
export const MAX_TRIED_TOKENS = 16;

/**
 * Where a draft may go on after `chosen` came in the place of its first token: behind the same
 * token when it occurs later (something was left out), else behind the first (it was replaced).
 */
export function resumeDraft(draft: readonly number[], chosen: number): readonly number[] {
  return draft.slice(Math.max(0, draft.indexOf(chosen)) + 1);
}
