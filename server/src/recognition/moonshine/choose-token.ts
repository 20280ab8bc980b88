import type { TokenChoice } from './token-model.ts';

/** Differences below this add less than a hundred-thousandth to the sum over the vocabulary. */
const NEGLIGIBLE = -22;

/** The largest of `size` logits from `offset` on, its log-softmax and its lead; ties go to the first. */
export function chooseToken(logits: Float32Array, offset: number, size: number): TokenChoice {
  let best = Number.NEGATIVE_INFINITY;
  let second = Number.NEGATIVE_INFINITY;
  let bestAt = offset;
  const end = offset + size;
  for (let at = offset; at < end; at += 1) {
    const logit = logits[at] as number;
    if (logit > best) {
      second = best;
      best = logit;
      bestAt = at;
    } else if (logit > second) {
      second = logit;
    }
  }
  let sum = 0;
  for (let at = offset; at < end; at += 1) {
    const difference = (logits[at] as number) - best;
    if (difference > NEGLIGIBLE) sum += Math.exp(difference);
  }
  return { token: bestAt - offset, logProbability: -Math.log(sum), margin: best - second };
}
