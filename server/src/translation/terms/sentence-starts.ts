const OPENING = /[\s\p{Ps}\p{Pi}"'¿¡«„‘-]+$/u;
const CLOSED = /[.!?…。！？]["'”’»)\]]*$/u;
const WIDE_END = /[。！？]["'”’»)\]]*$/u;
const SPACE = /\s/u;
const LINE_BREAK = /[\n\v\f\r\u0085\u2028\u2029]/u;
const SENTENCE_ENDS = /[.!?…]["'”’»)\]]*\s+|[。！？]["'”’»)\]]*|[\n\v\f\r\u0085\u2028\u2029]+/gu;
const FIRST_LETTER = /^[^\p{L}\n\v\f\r\u0085\u2028\u2029]*(\p{L})/u;
const CAPITAL = /\p{Lu}/u;
const SMALL_FIRST = /^\p{Ll}/u;
/** Sentences are seldom longer, and looking further back would make long texts slow. */
const MAX_LOOK_BACK = 400;

/**
 * Whether a sentence begins at `at`, quotes and brackets before it aside; `whole` tells whether one
 * begins where the text does.
 */
export function beginsSentence(text: string, at: number, whole = true): boolean {
  const before = text.slice(Math.max(0, at - MAX_LOOK_BACK), at);
  const bare = before.replace(OPENING, '');
  const gap = before.slice(bare.length);
  if (bare === '') return whole && at <= MAX_LOOK_BACK;
  if (LINE_BREAK.test(gap) || WIDE_END.test(bare)) return true;
  return CLOSED.test(bare) && SPACE.test(gap);
}

/** Whether the sentence that `at` lies in begins with a capital letter. */
export function sentenceHasCapital(text: string, at: number): boolean {
  const from = Math.max(0, at - MAX_LOOK_BACK);
  const last = [...text.slice(from, at).matchAll(SENTENCE_ENDS)].at(-1);
  const start = last === undefined ? from : from + last.index + last[0].length;
  const first = FIRST_LETTER.exec(text.slice(start))?.[1];
  return first !== undefined && CAPITAL.test(first);
}

/** A wholly small translation with a capital in front; "iPhone" stays as it is. */
export function capitalize(text: string): string {
  if (CAPITAL.test(text)) return text;
  return text.replace(SMALL_FIRST, (letter) => {
    const capital = letter.toUpperCase();
    // Of "ß" there is none of one letter.
    return [...capital].length === 1 ? capital : letter;
  });
}
