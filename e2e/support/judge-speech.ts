import { errorRate, type WordErrors, wordErrors } from '../../bench/scoring/wer.ts';
import { judgeSession } from '../../chaos/judge/judge-session.ts';
import type { FinalCaption, PlacedEntry } from '../../shared/captions.ts';
import { FRAME_MS } from '../../shared/limits.ts';
import type { Programme } from './programmes.ts';

/** One misread sentence of three is bad luck; a speaker whose words are lost has more. */
const MAX_WORD_ERROR_RATE = 0.6;

/** What became of one programme that was spoken into a room of its own. */
export interface SpeechOutcome {
  readonly programme: Pick<Programme, 'reference' | 'seconds' | 'voice'>;
  readonly spoken: string;
  /** What the room's reader reads; the spoken language itself where there is none. */
  readonly read: string;
  /** The room's record as stored, in its order, in both languages. */
  readonly entries: readonly PlacedEntry[];
  /** The finished lines on the speaker's page, and on the reader's where there is one. */
  readonly shown: string;
  readonly shownToReader: string | null;
}

export interface SpeechVerdict {
  /** Everything that is wrong, in words; empty is right. */
  readonly problems: readonly string[];
  readonly words: WordErrors;
}

/** Holds a room's record and its pages against what was spoken. Pure. */
export function judgeSpeech(outcome: SpeechOutcome): SpeechVerdict {
  const { programme, spoken, read, entries } = outcome;
  const { reference, seconds, voice } = programme;
  const sessions = [...new Set(finalsOf(entries).map(({ session }) => session))];
  const frames = Math.ceil((seconds * 1000) / FRAME_MS);
  const verdict = judgeSession(
    { session: sessions[0] ?? 'none', language: spoken, frames, voice, gaps: [] },
    [{ name: 'record', language: read, entries }],
  );
  const problems = [...verdict.problems];
  if (sessions.length > 1) problems.push(`Expected one session, got ${sessions.length}`);
  const gaps = entries.filter(({ type }) => type === 'gap').length;
  if (gaps > 0) problems.push(`[INV1] ${gaps} gaps declared`);
  if (outcome.shown !== textOf(entries, spoken)) {
    problems.push('[INV3] its own page shows other finals than are stored');
  }
  if (outcome.shownToReader !== null && outcome.shownToReader !== textOf(entries, read)) {
    problems.push("[INV3] its reader's page shows other translations than are stored");
  }
  const words = wordErrors(reference, verdict.finals.map(({ text }) => text).join(' '));
  if (errorRate(words) > MAX_WORD_ERROR_RATE) {
    problems.push(`word error rate ${errorRate(words).toFixed(2)}`);
  }
  return { problems, words };
}

/** All finals in one language, as a page shows them. */
export function textOf(entries: readonly PlacedEntry[], language: string): string {
  const finals = finalsOf(entries).filter((final) => final.language === language);
  return withoutGaps(finals.map(({ text }) => text).join(' '));
}

export function withoutGaps(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function finalsOf(entries: readonly PlacedEntry[]): FinalCaption[] {
  return entries.flatMap((entry) => (entry.type === 'final' ? [entry.caption] : []));
}
