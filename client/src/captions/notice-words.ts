import { count } from '../words/durations.ts';
import { englishName } from '../words/language-labels.ts';
import type { LineMark } from './line-view.ts';

export const NOT_UNDERSTOOD = 'Something was said here that could not be understood.';

/** What stands where sound is missing. */
export function gapInWords(lostMs: number): string {
  const seconds = Math.max(1, Math.round(lostMs / 1000));
  return `${count(seconds, 'second')} missing here: the speaker was cut off.`;
}

/** The label of a line that is not in the reader's language. */
export function markInWords(mark: LineMark, language: string): string {
  const name = englishName(language);
  return mark === 'awaiting' ? `${name}, being translated` : `${name}, not translated`;
}
