import { finalText } from '../live/session-record.ts';
import { normalizeEnglish } from '../scoring/normalize-english.ts';
import {
  addErrors,
  alignWords,
  countErrors,
  errorRate,
  NO_WORD_ERRORS,
  type WordErrors,
  wordErrors,
} from '../scoring/wer.ts';
import type { ReadyClip } from './prepare-clips.ts';
import type { SessionScript } from './script.ts';
import type { SessionLog } from './session-log.ts';

export interface ClipErrors {
  readonly id: string;
  readonly spoken: number;
  readonly live: WordErrors;
  /** The same number of times the errors of the clip read at once. */
  readonly whole: WordErrors;
}

export interface WordScore {
  readonly wer: number;
  /** Of the same clips, each read at once. */
  readonly werWhole: number;
  readonly words: WordErrors;
  /** Those that lose most against being read at once first. */
  readonly clips: readonly ClipErrors[];
}

/**
 * Word errors of whole sessions against all that their clips say, one clip after another. A
 * segment may hold the end of one clip and the beginning of the next, so that the alignment is of
 * the session; an inserted word counts for the clip of the word before it.
 */
export function scoreWords(
  sessions: readonly { readonly script: SessionScript; readonly log: SessionLog }[],
  clips: readonly ReadyClip[],
  wholeTexts: ReadonlyMap<string, string>,
  language: string,
): WordScore {
  const found = new Map<string, { spoken: number; live: WordErrors; whole: WordErrors }>();
  for (const { script, log } of sessions) {
    const spoken = script.placements.flatMap(({ clip }) => clips[clip] ?? []);
    const parts = errorsByClip(
      spoken.map(({ reference }) => reference),
      finalText(log.segments, language),
    );
    for (const [index, { id, reference }] of spoken.entries()) {
      const before = found.get(id) ?? { spoken: 0, live: NO_WORD_ERRORS, whole: NO_WORD_ERRORS };
      found.set(id, {
        spoken: before.spoken + 1,
        live: addErrors(before.live, parts[index] ?? NO_WORD_ERRORS),
        whole: addErrors(before.whole, wordErrors(reference, wholeTexts.get(id) ?? '')),
      });
    }
  }
  const all = [...found].map(([id, errors]): ClipErrors => ({ id, ...errors }));
  const words = all.reduce((sum, { live }) => addErrors(sum, live), NO_WORD_ERRORS);
  const whole = all.reduce((sum, each) => addErrors(sum, each.whole), NO_WORD_ERRORS);
  return {
    wer: errorRate(words),
    werWhole: errorRate(whole),
    words,
    clips: all.sort((a, b) => extra(b) - extra(a)),
  };
}

/** The errors of one text against several references in a row, told apart by reference. */
export function errorsByClip(references: readonly string[], heard: string): WordErrors[] {
  const words = references.map(normalizeEnglish);
  const alignment = alignWords(words.flat(), normalizeEnglish(heard));
  const parts = words.map((): (typeof alignment)[number][] => []);
  const ends = words.map((_, index) => words.slice(0, index + 1).flat().length);
  let clip = 0;
  let read = 0;
  for (const step of alignment) {
    if (step.reference !== null) {
      read += 1;
      while (read > (ends[clip] ?? Number.POSITIVE_INFINITY)) clip += 1;
    }
    parts[clip]?.push(step);
  }
  return parts.map(countErrors);
}

function extra({ live, whole }: ClipErrors): number {
  const count = (errors: WordErrors): number =>
    errors.substitutions + errors.insertions + errors.deletions;
  return count(live) - count(whole);
}
