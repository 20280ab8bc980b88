import { UNSPACED_SCRIPTS } from './unspaced-scripts.ts';

/** Where a word begins and ends in running text, for terms that may begin or end with any sign. */

const WORD = /[\p{L}\p{M}\p{N}_]/u;
const DIGIT = /\p{N}/u;
/** Written without spaces: any place may be between words. */
const UNSPACED = new RegExp(`[${UNSPACED_SCRIPTS}]`, 'u');
/** Particles are written onto the word before them. */
const HANGUL = /\p{sc=Hangul}/u;
/** "C++", "C#" and "Disney+" are words of their own. */
const WORD_TAIL = /[+#]/u;
/** "1,250", "12:30". */
const IN_NUMBERS = /[.,:]/u;
const NOT = /^['\u2018\u2019\u02bc]t(?![\p{L}\p{N}])/iu;

/** Whether a word may begin at `at` in the text. */
export function beginsWord(text: string, at: number): boolean {
  const before = characterBefore(text, at);
  const first = characterAt(text, at);
  if (before === '') return true;
  if (WORD.test(before)) {
    if (HANGUL.test(before)) return WORD.test(first) && !HANGUL.test(first);
    return isUnspaced(before, first);
  }
  if (before === first || before === '@') return false;
  const further = characterBefore(text, at - before.length);
  // ".NET" and "asp.net", but not "Well...Parlance".
  if (before === '.' && further !== '.') return false;
  return !(IN_NUMBERS.test(before) && DIGIT.test(further) && DIGIT.test(first));
}

/** Whether a word may end before `at` in the text. */
export function endsWord(text: string, at: number): boolean {
  const last = characterBefore(text, at);
  const after = characterAt(text, at);
  if (after === '') return true;
  if (WORD.test(after)) return HANGUL.test(after) || isUnspaced(last, after);
  if (after === last || after === '@') return false;
  if (WORD.test(last) && WORD_TAIL.test(after)) return false;
  const further = characterAt(text, at + after.length);
  if (after === '.' && WORD.test(further) && !UNSPACED.test(further)) return false;
  if (IN_NUMBERS.test(after) && DIGIT.test(last) && DIGIT.test(further)) return false;
  // "can't" is not the term "can", "Parlance's" is "Parlance".
  return !NOT.test(text.slice(at, at + 3));
}

function isUnspaced(a: string, b: string): boolean {
  return UNSPACED.test(a) || UNSPACED.test(b);
}

function characterAt(text: string, at: number): string {
  const point = text.codePointAt(at);
  return point === undefined ? '' : String.fromCodePoint(point);
}

function characterBefore(text: string, at: number): string {
  if (at <= 0) return '';
  const low = text.charCodeAt(at - 1);
  const isLow = low >= 0xdc00 && low <= 0xdfff;
  return isLow && at > 1 ? characterAt(text, at - 2) : characterAt(text, at - 1);
}
