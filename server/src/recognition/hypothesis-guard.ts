import type { Hypothesis } from './recognizer.ts';
import { findRepetitions } from './word-repetition.ts';

export type RefusalReason =
  /** No word in it, or one of the texts that models make of noise. */
  | 'empty'
  /** A phrase follows upon itself again and again. */
  | 'repetition'
  /** More than anybody can say in that time. */
  | 'too_long'
  /** The model itself finds it too unlikely: another language, or mumbling. */
  | 'not_understood';

export type GuardVerdict =
  | { readonly kind: 'accepted'; readonly text: string }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

/** Measured with bench/calibrate-guard.ts, which prints what another choice would cost. */
export interface GuardThresholds {
  /** Lowest mean natural-log probability per token. */
  readonly minMeanLogProbability: number;
  /** The same for up to two words, which music and noise are heard as. */
  readonly minShortMeanLogProbability: number;
  /** Lowest mean of a text that says a longer phrase twice in a row, as announcers do. */
  readonly minRepeatedMeanLogProbability: number;
  readonly wordsPerSecond: number;
  /** Short pieces are denser than the average. */
  readonly extraWords: number;
  readonly charactersPerSecond: number;
  readonly extraCharacters: number;
}

export const DEFAULT_GUARD: GuardThresholds = {
  minMeanLogProbability: -0.65,
  minShortMeanLogProbability: -0.55,
  minRepeatedMeanLogProbability: -0.3,
  wordsPerSecond: 5,
  extraWords: 2,
  charactersPerSecond: 30,
  extraCharacters: 16,
};

/** What Moonshine hears in silence, music and noise; all of it nothing but that. */
const INVENTED_TEXTS = new Set([
  'you',
  'thank you for watching',
  'thanks for watching',
  'transcript emily beynon',
]);

/** Marks of subtitles, which nobody can speak. */
const SUBTITLE_MARKS = /[♪♫©]/;

/**
 * Decides whether a hypothesis may be shown, by itself and the length of its audio alone. An
 * engine that tells no probabilities is judged by the text only.
 */
export function guardHypothesis(
  hypothesis: Pick<Hypothesis, 'text' | 'meanLogProbability'>,
  durationMs: number,
  thresholds: GuardThresholds = DEFAULT_GUARD,
): GuardVerdict {
  const { text, meanLogProbability: mean } = hypothesis;
  const words = splitWords(text);
  if (words.length === 0 || SUBTITLE_MARKS.test(text) || INVENTED_TEXTS.has(words.join(' '))) {
    return refused('empty');
  }
  const seconds = durationMs / 1000;
  if (
    words.length > thresholds.extraWords + thresholds.wordsPerSecond * seconds ||
    text.length > thresholds.extraCharacters + thresholds.charactersPerSecond * seconds
  ) {
    return refused('too_long');
  }
  if (isLoop(words, mean, thresholds)) return refused('repetition');
  const lowest =
    words.length <= 2 ? thresholds.minShortMeanLogProbability : thresholds.minMeanLogProbability;
  if (mean !== null && mean < lowest) return refused('not_understood');
  return { kind: 'accepted', text };
}

/** Short words are said three times in a row, phrases twice; more is a loop. */
function isLoop(words: readonly string[], mean: number | null, thresholds: GuardThresholds) {
  return findRepetitions(words).some(({ period, length }) => {
    const rounds = length / period;
    if (period === 1) return rounds >= 6;
    if (period <= 3) return rounds >= 4;
    if (rounds >= 3) return true;
    const unlikely = mean === null || mean < thresholds.minRepeatedMeanLogProbability;
    return period >= 6 && rounds >= 2 && unlikely;
  });
}

function splitWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’]*/gu) ?? [];
}

function refused(reason: RefusalReason): GuardVerdict {
  return { kind: 'refused', reason };
}
