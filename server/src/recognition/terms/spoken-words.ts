/** A word of a text, as terms are looked for. */
export interface SpokenWord {
  /** Where it stands in the text. */
  readonly start: number;
  readonly end: number;
  /** Its letters, digits and signs like the one of "C#": in lower case, composed. */
  readonly letters: string;
  /** Where a possessive ending ("'s") starts, or `end`. */
  readonly stemEnd: number;
  /** Like `letters`, without the possessive ending. */
  readonly stem: string;
  /** Whether it is a contraction like "don't". */
  readonly contracted: boolean;
  /** Whether only spaces or a hyphen stand between it and the word before. */
  readonly joined: boolean;
  /** Whether the text or a sentence starts with it. */
  readonly opensSentence: boolean;
  /** Whether it has a capital that does not come from the start of a sentence. */
  readonly capital: boolean;
}

/** Scripts written without spaces: each of their letters counts as a word. */
const UNSPACED =
  '(?=\\p{L})[' +
  ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar']
    .map((script) => `\\p{Script=${script}}`)
    .join('') +
  ']';
const SPACED = `(?:(?!${UNSPACED})[\\p{L}\\p{N}\\p{M}])+`;
/** "+" and "#" end words, since "C" is neither "C++" nor "C#". */
const WORD = new RegExp(`${UNSPACED}\\p{M}*|${SPACED}(?:['’.]${SPACED})*[+#]*`, 'gu');
const JOINING = /^(?:\s+|\s?[-\u2010\u2011]\s?|)$/u;
const SENTENCE_END = /[.?!…。？！]["'”’»)\]]*\s*["'“‘«([¿¡]*$/u;
const ONLY_MARKS = /^[^\p{L}\p{N}]*$/u;
const POSSESSIVE = /['’]s$/iu;
const CONTRACTED = /(?:n['’]t|['’](?:re|ll|ve|m|d))$/iu;
const UPPER = /\p{Lu}/u;
const BEYOND_FIRST = /^.+\p{Lu}/u;
/** Always has a capital. */
const PRONOUN = /^I(?:['’]\p{L}+)?$/u;
/** Characters before a word in which the end of a sentence is looked for. */
const LOOK_BACK = 8;

/** The words of `text` in their order. */
export function spokenWords(text: string): SpokenWord[] {
  const words: SpokenWord[] = [];
  let before = 0;
  for (const match of text.matchAll(WORD)) {
    const [written] = match;
    const start = match.index;
    const end = start + written.length;
    const gap = text.slice(before, start);
    const opensSentence =
      words.length === 0 ? ONLY_MARKS.test(gap) : SENTENCE_END.test(gap.slice(-LOOK_BACK));
    const suffix = POSSESSIVE.exec(written)?.[0].length ?? 0;
    words.push({
      start,
      end,
      letters: lettersOf(written),
      stemEnd: end - suffix,
      stem: lettersOf(written.slice(0, written.length - suffix)),
      contracted: CONTRACTED.test(written),
      joined: words.length > 0 && JOINING.test(gap),
      opensSentence,
      capital: !PRONOUN.test(written) && (opensSentence ? BEYOND_FIRST : UPPER).test(written),
    });
    before = end;
  }
  return words;
}

/** What spellings of a word have in common. */
export function lettersOf(written: string): string {
  return written
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}+#]/gu, '');
}
