import { normalizeEnglish } from './normalize-english.ts';

/** Errors of one alignment; `words` is the length of the reference. */
export interface WordErrors {
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
  readonly words: number;
}

export const NO_WORD_ERRORS: WordErrors = {
  substitutions: 0,
  insertions: 0,
  deletions: 0,
  words: 0,
};

/** One step of an alignment; `null` stands where the other side has no word. */
export interface AlignedWord {
  readonly reference: string | null;
  readonly hypothesis: string | null;
}

/**
 * Word error rate of one English text: (substitutions + insertions + deletions) / words of the
 * reference, both normalised by {@link normalizeEnglish}. Zero words against zero words is 0;
 * any word against an empty reference is Infinity.
 */
export function wordErrorRate(reference: string, hypothesis: string): number {
  return errorRate(wordErrors(reference, hypothesis));
}

/** Counts of one English text after normalisation. */
export function wordErrors(reference: string, hypothesis: string): WordErrors {
  return countErrors(alignWords(normalizeEnglish(reference), normalizeEnglish(hypothesis)));
}

/** Corpus rate: all errors over all words, so that long texts weigh more than short ones. */
export function errorRate(errors: WordErrors): number {
  const total = errors.substitutions + errors.insertions + errors.deletions;
  if (errors.words === 0) return total === 0 ? 0 : Number.POSITIVE_INFINITY;
  return total / errors.words;
}

export function addErrors(a: WordErrors, b: WordErrors): WordErrors {
  return {
    substitutions: a.substitutions + b.substitutions,
    insertions: a.insertions + b.insertions,
    deletions: a.deletions + b.deletions,
    words: a.words + b.words,
  };
}

export function countErrors(alignment: readonly AlignedWord[]): WordErrors {
  let substitutions = 0;
  let insertions = 0;
  let deletions = 0;
  for (const { reference, hypothesis } of alignment) {
    if (reference === null) insertions += 1;
    else if (hypothesis === null) deletions += 1;
    else if (reference !== hypothesis) substitutions += 1;
  }
  return { substitutions, insertions, deletions, words: alignment.length - insertions };
}

/** One of the alignments with the fewest errors (Levenshtein over words, every error costs 1). */
export function alignWords(
  reference: readonly string[],
  hypothesis: readonly string[],
): AlignedWord[] {
  const columns = hypothesis.length + 1;
  const costs = new Uint32Array((reference.length + 1) * columns);
  const cost = (row: number, column: number): number => costs[row * columns + column] ?? 0;
  for (let column = 0; column < columns; column += 1) costs[column] = column;
  for (let row = 1; row <= reference.length; row += 1) {
    costs[row * columns] = row;
    for (let column = 1; column < columns; column += 1) {
      const differs = reference[row - 1] === hypothesis[column - 1] ? 0 : 1;
      costs[row * columns + column] = Math.min(
        cost(row - 1, column - 1) + differs,
        cost(row - 1, column) + 1,
        cost(row, column - 1) + 1,
      );
    }
  }
  const alignment: AlignedWord[] = [];
  let row = reference.length;
  let column = hypothesis.length;
  while (row > 0 || column > 0) {
    const expected = reference[row - 1];
    const got = hypothesis[column - 1];
    const here = cost(row, column);
    if (
      expected !== undefined &&
      got !== undefined &&
      here === cost(row - 1, column - 1) + (expected === got ? 0 : 1)
    ) {
      alignment.push({ reference: expected, hypothesis: got });
      row -= 1;
      column -= 1;
    } else if (expected !== undefined && here === cost(row - 1, column) + 1) {
      alignment.push({ reference: expected, hypothesis: null });
      row -= 1;
    } else {
      alignment.push({ reference: null, hypothesis: got ?? null });
      column -= 1;
    }
  }
  return alignment.reverse();
}
