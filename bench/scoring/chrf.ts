import { assertParallel, countMatches, countNGrams } from './n-grams.ts';
import { splitWords } from './tokenize-13a.ts';

const MAX_ORDER = 6;
/** Recall weighs β² times as much as precision. */
const BETA = 2;

/**
 * Corpus chrF2, 0 to 100, as sacrebleu computes it by default (Popović 2015): character n-grams up
 * to six, white space left out, one reference, counts summed over the corpus.
 */
export function corpusChrf(hypotheses: readonly string[], references: readonly string[]): number {
  assertParallel(hypotheses, references);
  const orders = Array.from({ length: MAX_ORDER }, () => ({ got: 0, wanted: 0, matched: 0 }));
  for (const [at, hypothesis] of hypotheses.entries()) {
    const got = [...splitWords(hypothesis).join('')];
    const wanted = [...splitWords(references[at] ?? '').join('')];
    for (const [index, order] of orders.entries()) {
      const length = index + 1;
      // Where the reference is too short for this order, nothing is expected of the hypothesis.
      if (wanted.length < length) continue;
      order.got += Math.max(0, got.length - index);
      order.wanted += wanted.length - index;
      order.matched += countMatches(countNGrams(got, length, ''), countNGrams(wanted, length, ''));
    }
  }
  const usable = orders.filter(({ got, wanted }) => got > 0 && wanted > 0);
  if (usable.length === 0) return 0;
  const precision = mean(usable.map(({ matched, got }) => matched / got));
  const recall = mean(usable.map(({ matched, wanted }) => matched / wanted));
  if (precision + recall === 0) return 0;
  const weight = BETA ** 2;
  return (100 * (1 + weight) * precision * recall) / (weight * precision + recall);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
