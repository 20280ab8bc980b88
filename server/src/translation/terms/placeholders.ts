import { UNSPACED_SCRIPTS } from './unspaced-scripts.ts';

/**
 * Words that stand for terms while an engine works. No engine of ours was trained with placeholders
 * (Post et al. 2019, "An Exploration of Placeholding in Neural Machine Translation"; Dinu et al. 2019,
 * "Training Neural Machine Translation to Apply Terminology Constraints", train for it), and Marian
 * has no copy mechanism, so they are things that texts are full of and that every language keeps.
 */
export const PLACEHOLDER_STYLES = ['name', 'word', 'code', 'number'] as const;

/**
 * - `name`: cities whose names hardly any language in Latin letters changes. Rules know that they are
 *   names; for a neural model each is one or two frequent pieces. Other scripts and cases change them.
 * - `word`: capitalised words that do not exist.
 * - `code`: a letter and digits, like a model of something: no case ending, no other script.
 * - `number`: four digits. They come through nearly everywhere, but are counted with.
 */
export type PlaceholderStyle = (typeof PLACEHOLDER_STYLES)[number];

/** Where nothing is known about an engine: what no script and no grammar changes goes first. */
export const DEFAULT_STYLES: readonly PlaceholderStyle[] = ['code', 'name', 'number'];

export interface Placeholder {
  readonly style: PlaceholderStyle;
  readonly token: string;
}

const NAMES =
  'Denver Oslo Dakar Austin Boston Atlanta Dallas Orlando Houston Adelaide Miami Islamabad ' +
  'Stuttgart Osaka Chicago Bilbao Sydney Segovia Togo Vigo Melilla Burundi Ceuta Brighton';
const WORDS =
  'Zurvak Tolmik Bavrek Kumdal Zelnok Fidrak Gortan Vimdok Rukzal Zonvik Dulmak Pavrik Tegmul ' +
  'Zibrok Vektam Lurzan Kimdok Gavzul Nordak Zumtik Beldok Ruvzam Todrik Zalmek Fukvan Mibzol';
/** Not years, not round, no two with the same digits in another order. */
const NUMBERS =
  '7041 8053 6472 9318 5827 3964 7619 4386 8735 6941 5293 9176 3748 6825 4937 8261 7593 3482 5718 ' +
  '9634 4175 8396 6253 7924 3861 5437';
/** Other digits than the numbers', so that neither can be read into the other. */
const CODES =
  'X2748 X3185 X4629 X5074 X6831 X7296 X8413 X9567 X2391 X3659 X4817 X5284 X6138 X7425 X8962 X9743 ' +
  'X2856 X3412 X4978 X5361 X6594 X7183 X8247 X9816 X2537 X3974';

const TOKENS: Readonly<Record<PlaceholderStyle, readonly string[]>> = {
  name: NAMES.split(' '),
  word: WORDS.split(' '),
  code: CODES.split(' '),
  number: NUMBERS.split(' '),
};

/**
 * Placeholders of a style that can not be mistaken for anything in the text: read without case,
 * spaces and signs, the text holds none of them.
 */
export function freePlaceholders(style: PlaceholderStyle, text: string): Placeholder[] {
  const squeezed = squeeze(text);
  return TOKENS[style]
    .filter((token) => !squeezed.includes(squeeze(token)))
    .map((token) => ({ style, token }));
}

const NOTHING_SAID = /[^\p{L}\p{N}]/gu;

function squeeze(text: string): string {
  return text.replace(NOTHING_SAID, '').toLowerCase();
}

const VOWEL = /^[aeiou]/i;
const MARKS = /\p{M}/gu;

/**
 * Takes the first of them that begins like the term's translation, with a vowel or without, since words
 * around it go by that ("d'Oslo", "de Denver"); else the first; undefined for none.
 */
export function takePlaceholder(free: Placeholder[], translation: string): Placeholder | undefined {
  const beginsWithVowel = (text: string) => VOWEL.test(text.normalize('NFD').replace(MARKS, ''));
  const wanted = beginsWithVowel(translation);
  const fitting = free.findIndex(({ token }) => beginsWithVowel(token) === wanted);
  return free.splice(Math.max(0, fitting), 1)[0];
}

/** Letters of another word; scripts without spaces touch whatever stands in them. */
const LETTER = `(?![${UNSPACED_SCRIPTS}\\p{sc=Hangul}])[\\p{L}\\p{M}\\p{N}]`;
/** Put between the letters of a rare word by models that spell it; "to go" is not "Togo". */
const GAP = '[\\s\\-\\u2010\\u2011\\u00ad]?';
/** Put between thousands and hundreds; 7041 is 7,041, 7.041, 7 041 or 7’041. */
const THOUSANDS = "[.,'\\u2019\\s]?";
const NOT_IN_NUMBER = "(?<!\\p{N}[.,:'\\u2019\\u00a0\\u202f]?)";
const NUMBER_ENDS = "(?![.,:'\\u2019\\u00a0\\u202f]?\\p{N})";

const patterns = new Map<string, RegExp>();

/** Where a placeholder stands in a translation, whatever its case and the gaps in it. */
export function findPlaceholder(placeholder: Placeholder, text: string): RegExpExecArray[] {
  const { token } = placeholder;
  const pattern = patterns.get(token) ?? patternOf(placeholder);
  patterns.set(token, pattern);
  return [...text.matchAll(pattern)];
}

const LETTERS_AND_DIGITS = /^(\p{L}*)(?:(\d)(\d{3}))?$/u;

function patternOf({ style, token }: Placeholder): RegExp {
  const [, letters = '', thousands, hundreds] = LETTERS_AND_DIGITS.exec(token) ?? [];
  const gap = style === 'name' ? '' : GAP;
  const spelled = [...letters].join(gap);
  const digits = thousands === undefined ? '' : `${thousands}${THOUSANDS}${hundreds}`;
  const body = spelled === '' || digits === '' ? spelled + digits : spelled + gap + digits;
  const before = spelled === '' ? NOT_IN_NUMBER : '';
  const after = digits === '' ? '' : NUMBER_ENDS;
  return new RegExp(`(?<!${LETTER})${before}${body}(?!${LETTER})${after}`, 'giu');
}
