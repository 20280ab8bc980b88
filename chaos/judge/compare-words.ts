import { normalizeEnglish } from '../../bench/scoring/normalize-english.ts';
import {
  addErrors,
  alignWords,
  countErrors,
  NO_WORD_ERRORS,
  type WordErrors,
  wordErrors,
} from '../../bench/scoring/wer.ts';
import type { FinalCaption } from '../../shared/captions.ts';

type Cut = Pick<FinalCaption, 'startSeq' | 'endSeq' | 'text'>;

/** A session's words beside those of the same speech with nothing broken. */
export interface WordComparison {
  readonly words: number;
  /** Words of segments that begin or end elsewhere: not to be compared one by one. */
  readonly recutWords: number;
  /** In segments of the same cut: words that are others, more or fewer. */
  readonly changedWords: number;
  /** Against what was really said. */
  readonly errors: WordErrors;
  readonly undisturbedErrors: WordErrors;
}

export const NO_WORDS: WordComparison = {
  words: 0,
  recutWords: 0,
  changedWords: 0,
  errors: NO_WORD_ERRORS,
  undisturbedErrors: NO_WORD_ERRORS,
};

/** Segments are the same where they cover the same frames (INV9). */
export function compareWords(
  finals: readonly Cut[],
  undisturbed: readonly Cut[],
  references: readonly string[],
): WordComparison {
  const calm = new Map(undisturbed.map((final) => [cutOf(final), final.text]));
  let [words, recutWords, changedWords] = [0, 0, 0];
  for (const final of finals) {
    const heard = normalizeEnglish(final.text);
    const before = calm.get(cutOf(final));
    words += heard.length;
    if (before === undefined) recutWords += heard.length;
    else changedWords += count(countErrors(alignWords(normalizeEnglish(before), heard)));
  }
  const said = references.join(' ');
  return {
    words,
    recutWords,
    changedWords,
    errors: wordErrors(said, textOf(finals)),
    undisturbedErrors: wordErrors(said, textOf(undisturbed)),
  };
}

export function addWords(a: WordComparison, b: WordComparison): WordComparison {
  return {
    words: a.words + b.words,
    recutWords: a.recutWords + b.recutWords,
    changedWords: a.changedWords + b.changedWords,
    errors: addErrors(a.errors, b.errors),
    undisturbedErrors: addErrors(a.undisturbedErrors, b.undisturbedErrors),
  };
}

function cutOf({ startSeq, endSeq }: Cut): string {
  return `${startSeq}-${endSeq}`;
}

function textOf(finals: readonly Cut[]): string {
  return finals.map(({ text }) => text).join(' ');
}

function count({ substitutions, insertions, deletions }: WordErrors): number {
  return substitutions + insertions + deletions;
}
