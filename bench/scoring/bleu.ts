import { assertParallel, countMatches, countNGrams } from './n-grams.ts';
import { tokenize13a } from './tokenize-13a.ts';

const MAX_ORDER = 4;

/**
 * Corpus BLEU, 0 to 100, as sacrebleu computes it by default (Papineni et al. 2002; Post 2018):
 * one reference, tokenizer 13a, case kept, exponential smoothing.
 */
export function corpusBleu(hypotheses: readonly string[], references: readonly string[]): number {
  assertParallel(hypotheses, references);
  const correct = new Array<number>(MAX_ORDER).fill(0);
  const total = new Array<number>(MAX_ORDER).fill(0);
  let length = 0;
  let referenceLength = 0;
  for (const [at, hypothesis] of hypotheses.entries()) {
    const words = tokenize13a(hypothesis.trimEnd());
    const referenceWords = tokenize13a((references[at] ?? '').trimEnd());
    length += words.length;
    referenceLength += referenceWords.length;
    for (let order = 1; order <= MAX_ORDER; order += 1) {
      const grams = countNGrams(words, order, ' ');
      const matches = countMatches(grams, countNGrams(referenceWords, order, ' '));
      correct[order - 1] = (correct[order - 1] ?? 0) + matches;
      total[order - 1] = (total[order - 1] ?? 0) + Math.max(0, words.length - order + 1);
    }
  }
  return score(correct, total, length, referenceLength);
}

function score(
  correct: readonly number[],
  total: readonly number[],
  length: number,
  referenceLength: number,
): number {
  if (correct.every((count) => count === 0)) return 0;
  let smoothing = 1;
  let logSum = 0;
  for (let order = 0; order < MAX_ORDER; order += 1) {
    const possible = total[order] ?? 0;
    const matched = correct[order] ?? 0;
    // No n-gram of this order anywhere: the score is undefined, and 0 by convention.
    if (possible === 0) return 0;
    if (matched === 0) smoothing *= 2;
    logSum += Math.log(matched === 0 ? 100 / (smoothing * possible) : (100 * matched) / possible);
  }
  const brevity = length < referenceLength ? Math.exp(1 - referenceLength / length) : 1;
  return brevity * Math.exp(logSum / MAX_ORDER);
}
