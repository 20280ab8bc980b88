import { splitWords } from '../../shared/words.ts';
import { alignWords } from '../scoring/wer.ts';

/** What correction did to texts in which no term was said. */
export interface FalseChanges {
  readonly texts: number;
  readonly words: number;
  /** Runs of words that were changed. */
  readonly changes: number;
  readonly perThousandWords: number;
}

/** Of the times that names were said, those that they were written right. */
export interface NamesWritten {
  readonly said: number;
  readonly heard: number;
  readonly corrected: number;
}

export interface CorrectionCost {
  readonly microsecondsPerWord: number;
  /** Words at the end of a growing text that wait for what is said next, on average. */
  readonly openWords: number;
}

type Correct = (text: string) => { readonly text: string; readonly openFrom: number };

export function countFalseChanges(texts: readonly string[], correct: Correct): FalseChanges {
  let words = 0;
  let changes = 0;
  for (const text of texts) {
    words += splitWords(text).length;
    changes += changedRuns(text, correct(text).text);
  }
  return {
    texts: texts.length,
    words,
    changes,
    perThousandWords: words === 0 ? 0 : (1000 * changes) / words,
  };
}

/** Runs of words in which two texts differ, capitals and punctuation included. */
export function changedRuns(before: string, after: string): number {
  let runs = 0;
  let inside = false;
  for (const { reference, hypothesis } of alignWords(splitWords(before), splitWords(after))) {
    const differs = reference !== hypothesis;
    if (differs && !inside) runs += 1;
    inside = differs;
  }
  return runs;
}

/**
 * How often the names stand in texts where they were said; case counts in what was recognised, not
 * in what was said. A name that a text has more often than it was said counts as said only.
 */
export function countNames(
  names: readonly string[],
  texts: readonly { reference: string; heard: string; corrected: string }[],
): NamesWritten {
  let said = 0;
  let heard = 0;
  let corrected = 0;
  for (const text of texts) {
    for (const name of names) {
      const times = occurrences(text.reference.toLowerCase(), name.toLowerCase());
      said += times;
      heard += Math.min(times, occurrences(text.heard, name));
      corrected += Math.min(times, occurrences(text.corrected, name));
    }
  }
  return { said, heard, corrected };
}

/** Time and waiting of texts that grow word by word, as partials do. */
export function measureCost(texts: readonly string[], correct: Correct): CorrectionCost {
  let prefixes = 0;
  let words = 0;
  let openWords = 0;
  const startedAt = performance.now();
  for (const text of texts) {
    const all = splitWords(text);
    for (let count = 1; count <= all.length; count += 1) {
      const { text: corrected, openFrom } = correct(all.slice(0, count).join(' '));
      openWords += splitWords(corrected.slice(openFrom)).length;
      words += count;
      prefixes += 1;
    }
  }
  const elapsedMs = performance.now() - startedAt;
  return {
    microsecondsPerWord: words === 0 ? 0 : (1000 * elapsedMs) / words,
    openWords: prefixes === 0 ? 0 : openWords / prefixes,
  };
}

function occurrences(text: string, name: string): number {
  const bare = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return [...text.matchAll(new RegExp(`(?<![\\p{L}\\p{N}])${bare}(?![\\p{L}\\p{N}])`, 'gu'))]
    .length;
}
