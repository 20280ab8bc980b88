import type { WordTime } from '../../server/src/recognition/recognizer.ts';
import { normalizeWords } from '../../server/src/testing/word-error-rate.ts';
import { percentile } from '../scoring/percentiles.ts';
import { matchWords } from './match-words.ts';
import type { ReferenceWord } from './reference-times.ts';

/** By how much a word's start and end are later than the reference has them. */
export interface WordDeviation {
  readonly startMs: number;
  readonly endMs: number;
}

/** Of the words that were heard right. */
export function deviations(
  words: readonly WordTime[],
  reference: readonly ReferenceWord[],
): WordDeviation[] {
  return matchWords(
    words.map(({ text }) => normalizeWords(text).join(' ')),
    reference.map(({ text }) => text),
  ).flatMap(([heard, said]) => {
    const [word, expected] = [words[heard], reference[said]];
    return word === undefined || expected === undefined
      ? []
      : [{ startMs: word.startMs - expected.startMs, endMs: word.endMs - expected.endMs }];
  });
}

export interface Exactness {
  readonly medianMs: number | null;
  readonly p90Ms: number | null;
  /** Shares of all words. */
  readonly within100Ms: number;
  readonly within200Ms: number;
  /** Median with its sign: above 0 where times are late. */
  readonly biasMs: number | null;
}

export function exactnessOf(lateMs: readonly number[]): Exactness {
  const absolute = lateMs.map(Math.abs);
  const share = (limitMs: number) =>
    absolute.filter((value) => value <= limitMs).length / Math.max(1, absolute.length);
  return {
    medianMs: percentile(absolute, 50),
    p90Ms: percentile(absolute, 90),
    within100Ms: share(100),
    within200Ms: share(200),
    biasMs: percentile(lateMs, 50),
  };
}

/** Starts and ends apart. */
export function summarize(all: readonly WordDeviation[]) {
  return {
    words: all.length,
    start: exactnessOf(all.map(({ startMs }) => startMs)),
    end: exactnessOf(all.map(({ endMs }) => endMs)),
  };
}
