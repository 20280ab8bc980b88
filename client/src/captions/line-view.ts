import type { FinalCaption } from '../../../shared/captions.ts';
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

/** How one line reads in `language`; `translated` tells whether anything translates into it. */
export function viewLine(line: TranscriptLine, language: string, translated: boolean): LineView {
  const { original, translation, partial } = line;
  if (line.kind === 'gap') return { kind: 'gap', lostMs: line.endMs - line.startMs };
  if (isNotUnderstood(line)) return { kind: 'not_understood' };
  if (translation !== null) return translationView(translation, original);
  if (original?.language === language) return finalView(original, null);
  const mark = translated ? 'awaiting' : 'untranslated';
  if (partial?.language === language) return { ...partialView(line), mark: null };
  if (original !== null) return finalView(original, mark);
  return { ...partialView(line), mark };
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

function partialView({ partial, original }: TranscriptLine): SpeechView {
  return {
    kind: 'speech',
    text: partial?.text ?? '',
    language: partial?.language ?? 'und',
    stableLength: partial?.stableLength ?? 0,
    isFinal: false,
    mark: null,
    original: original && { text: original.text, language: original.language },
  };
}
