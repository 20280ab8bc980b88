import { type Languages, languageVerdict } from './answer-language.ts';
import { cleanAnswer, hasLetters } from './clean-text.ts';
import type { LanguageDetector } from './language-detector.ts';

/** Why an answer is no translation of its text. */
export type AnswerProblem = 'empty' | 'too_long' | 'too_short' | 'wrong_script' | 'wrong_language';

export type AnswerVerdict =
  | { readonly kind: 'usable'; readonly text: string }
  | { readonly kind: 'unusable'; readonly problem: AnswerProblem };

export interface AnswerLimits {
  /** Longest translation, in characters for each of the text, and on top of that. */
  readonly maxGrowth: number;
  readonly extraChars: number;
  /** A text of at least so many characters ... */
  readonly minTextChars: number;
  /** ... has a translation of at least this share. */
  readonly minShare: number;
}

/**
 * Of FLORES' 997 sentences in 72 pairs of nine languages all translations have 0.39 to 2.54 times the
 * characters of their text; scripts that write a word with one or two signs go four times further.
 */
export const ANSWER_LIMITS: AnswerLimits = {
  maxGrowth: 3,
  extraChars: 40,
  minTextChars: 40,
  minShare: 0.3,
};
/** How much denser Chinese, Japanese and Korean are written than other languages. */
const DENSITY = 4;
const DENSE = new Set(['zh', 'ja', 'ko']);

/**
 * Decides whether what a service answered may be shown as the translation of a line. Nothing of it is
 * trusted: a service may be broken, and a language model may chat instead of translating.
 */
export function checkAnswer(
  source: string,
  answer: string,
  { from, to }: Languages,
  detector: LanguageDetector,
  limits: AnswerLimits = ANSWER_LIMITS,
): AnswerVerdict {
  const text = cleanAnswer(answer).trim();
  if (!hasLetters(text) && !/\p{N}/u.test(text)) return unusable('empty');
  const growth = limits.maxGrowth * (DENSE.has(from) && !DENSE.has(to) ? DENSITY : 1);
  if (text.length > growth * source.length + limits.extraChars) return unusable('too_long');
  const share = limits.minShare / (DENSE.has(to) && !DENSE.has(from) ? DENSITY : 1);
  if (source.length >= limits.minTextChars && text.length < share * source.length) {
    return unusable('too_short');
  }
  const language = languageVerdict(text, { from, to }, detector);
  return language === 'yes' ? { kind: 'usable', text } : unusable(language);
}

function unusable(problem: AnswerProblem): AnswerVerdict {
  return { kind: 'unusable', problem };
}
