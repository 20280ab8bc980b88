import type { FinalCaption, PartialCaption } from '../../../shared/captions.ts';
import type { TranscriptLine } from '../live/transcript-line.ts';

/** Why a line is not simply the words in the reader's language. */
export type LineMark =
  /** Still in the spoken language; the translation is on its way. */
  | 'awaiting'
  /** In the spoken language for good: nothing translates it. */
  | 'untranslated';

export interface SpeechView {
  kind: 'speech';
  text: string;
  language: string;
  /** Characters at the start that will not change any more. */
  stableLength: number;
  isFinal: boolean;
  mark: LineMark | null;
  /** What was said, where `text` is a translation of it. */
  original: { text: string; language: string } | null;
}

export type LineView = SpeechView | { kind: 'not_understood' } | { kind: 'gap'; lostMs: number };

/** How somebody reads. */
export interface Reading {
  readonly language: string;
  /** Whether anything translates into it. */
  readonly translated: boolean;
  /** Whether words are shown that may still change; without them nothing flickers. */
  readonly guesses: boolean;
}

/** How one line reads. */
export function viewLine(line: TranscriptLine, reading: Reading): LineView {
  const { language, translated } = reading;
  const { original, translation, partial } = line;
  if (line.kind === 'gap') return { kind: 'gap', lostMs: line.endMs - line.startMs };
  if (isNotUnderstood(line)) return { kind: 'not_understood' };
  if (translation !== null) return translationView(translation, original);
  if (original?.language === language) return finalView(original, null);
  const mark = translated ? 'awaiting' : 'untranslated';
  if (partial?.language === language) return { ...partialView(line, reading), mark: null };
  if (original !== null) return finalView(original, mark);
  const view = partialView(line, reading);
  return { ...view, mark: view.text === '' ? null : mark };
}

/** Speech was heard here, but nothing that could be shown. */
export function isNotUnderstood({ original, translation }: TranscriptLine): boolean {
  return (original ?? translation)?.notice === 'not_understood';
}

function translationView(translation: FinalCaption, original: FinalCaption | null): SpeechView {
  if (translation.notice === 'untranslated') return finalView(translation, 'untranslated');
  return {
    ...finalView(translation, null),
    original: original && { text: original.text, language: original.language },
  };
}

function finalView(caption: FinalCaption, mark: LineMark | null): SpeechView {
  const { text, language, sourceLanguage, notice } = caption;
  return {
    kind: 'speech',
    text,
    language: notice === 'untranslated' ? sourceLanguage : language,
    stableLength: text.length,
    isFinal: true,
    mark,
    original: null,
  };
}

function partialView({ partial, original }: TranscriptLine, reading: Reading): SpeechView {
  const text = partial === null ? '' : shownText(partial, reading);
  return {
    kind: 'speech',
    text,
    language: partial?.language ?? 'und',
    stableLength: Math.min(partial?.stableLength ?? 0, text.length),
    isFinal: false,
    mark: null,
    original: original && { text: original.text, language: original.language },
  };
}

/** Words in another language than the reader's would all be replaced: they count as a guess. */
function shownText(partial: PartialCaption, { language, translated, guesses }: Reading): string {
  if (guesses) return partial.text;
  if (translated && partial.language !== language) return '';
  return partial.text.slice(0, partial.stableLength);
}
