/** What Apertium's rules get wrong with spoken text, put right before and after them. */

const SPACES = /\s+/gu;
const APOSTROPHES = /[\u2018\u2019\u02bc]/g;
/**
 * "4-month-old" has no blanks between its parts, and transfer rules that move them leave none
 * either ("ratonesde4meses"); with blanks they know it ("ratones de 4 meses").
 */
const HYPHENS_AFTER_DIGIT = /(?<=\p{Nd}(?:st|nd|rd|th)?)(?:[-\u2010\u2011]\p{L}+)+/gu;
const HYPHENS = /[-\u2010\u2011]/gu;
/** "5am" and "5 am" are read as the verb. */
const CLOCK_HALF = /(\p{Nd})\s?([ap])\.?m\b\.?/giu;
/** English to Esperanto moves possessors and loses the blank that was not there. */
const POSSESSIVE = /(?<=\p{L})'s\b/gu;
const CONTRACTED = /\b(?:it|he|she|that|this|there|here|what|who|how|where|when|why|let|one)$/iu;

/** Rewrites a text so that the rules of this pair read it well. */
export function prepareText(text: string, from: string, to: string): string {
  let prepared = text
    .replace(SPACES, ' ')
    .replace(APOSTROPHES, "'")
    .replace(HYPHENS_AFTER_DIGIT, (parts) => parts.replace(HYPHENS, ' '));
  if (from === 'en') prepared = prepareEnglish(prepared, to);
  return prepared;
}

function prepareEnglish(text: string, to: string): string {
  if (to !== 'eo') return text.replace(CLOCK_HALF, '$1 $2.m.');
  return text
    .replace(CLOCK_HALF, '$1$2m')
    .replace(POSSESSIVE, (match, at: number) =>
      CONTRACTED.test(text.slice(0, at)) ? match : ` ${match}`,
    );
}

const SPACE_BEFORE_MARK = /\s+([,.;:!?)\]}]+(?=\s|$))/gu;
/** "The water" gives "EL agua": the article changes its form and its capital with it. */
const SHOUTED_ARTICLE = /(?<![\p{L}\p{N}])EL(?= \p{Ll})/gu;
const FIRST_LETTER = /\p{L}/u;
const FIRST_WORD = /\p{L}[\p{L}\p{M}]*/u;

/** Mends a translation's blanks and capitals after those of its source. */
export function tidyTranslation(translation: string, source: string): string {
  let text = translation.replace(SPACES, ' ').trim();
  if (!/\s[,.;:!?)\]}]/u.test(source)) text = text.replace(SPACE_BEFORE_MARK, '$1');
  text = text.replace(SHOUTED_ARTICLE, 'El');
  return matchFirstCapital(text, source);
}

function matchFirstCapital(text: string, source: string): string {
  const wanted = FIRST_LETTER.exec(source)?.[0];
  const match = FIRST_WORD.exec(text);
  const word = match?.[0];
  if (wanted === undefined || match === null || word === undefined) return text;
  const first = String.fromCodePoint(word.codePointAt(0) ?? 0);
  const replace = (letter: string) =>
    text.slice(0, match.index) + letter + text.slice(match.index + first.length);
  if (isUpper(wanted) && isLower(first)) return replace(first.toUpperCase());
  // A name that the rules moved to the front keeps its capital.
  if (isLower(wanted) && isUpper(first) && !source.includes(word)) {
    return replace(first.toLowerCase());
  }
  return text;
}

const isUpper = (letter: string) => letter !== letter.toLowerCase();
const isLower = (letter: string) => letter !== letter.toUpperCase();
