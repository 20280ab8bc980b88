/**
 * Fillers, contractions, titles and spellings that mean the same word, after the normaliser that
 * Whisper is scored with (Radford et al. 2022, appendix C). Keys are lower case.
 */

/** Sounds of hesitation: references differ in whether they write them down. */
export const FILLERS: ReadonlySet<string> = new Set([
  'hm',
  'hmm',
  'mm',
  'mmm',
  'mhm',
  'uh',
  'um',
  'uhm',
  'er',
  'erm',
]);

/** Whole words, apostrophes kept, to what they stand for. */
export const WHOLE_WORDS: ReadonlyMap<string, string> = new Map([
  ["won't", 'will not'],
  ["can't", 'can not'],
  ['cannot', 'can not'],
  ["shan't", 'shall not'],
  ["ain't", 'aint'],
  ["let's", 'let us'],
  ["y'all", 'you all'],
  ["y'know", 'you know'],
  ['yknow', 'you know'],
  ["ma'am", 'madam'],
  ["'em", 'them'],
  ["'tis", 'it is'],
  ["'twas", 'it was'],
  ["o'er", 'over'],
  ["ne'er", 'never'],
  ["o'clock", 'oclock'],
  ['wanna', 'want to'],
  ['gonna', 'going to'],
  ['gotta', 'got to'],
  ['gimme', 'give me'],
  ['ok', 'okay'],
  ['alright', 'all right'],
  ['mr', 'mister'],
  ['mrs', 'missus'],
  ['dr', 'doctor'],
  ['prof', 'professor'],
  ['capt', 'captain'],
  ['gov', 'governor'],
  ['gen', 'general'],
  ['sen', 'senator'],
  ['rep', 'representative'],
  ['lt', 'lieutenant'],
  ['rev', 'reverend'],
  ['hon', 'honorable'],
  ['jr', 'junior'],
  ['sr', 'senior'],
  ['st', 'saint'],
  ['vs', 'versus'],
  ['etc', 'et cetera'],
]);

/** Endings after an apostrophe, tried in this order. */
export const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/n't$/, ' not'],
  [/'re$/, ' are'],
  [/'ll$/, ' will'],
  [/'ve$/, ' have'],
  [/'m$/, ' am'],
  [/'d$/, ' would'],
  [/'s$/, ' is'],
];

/** British to American, where readers of both kinds write the words of the corpora. */
const BRITISH: readonly (readonly [string, string])[] = [
  ['ageing', 'aging'],
  ['armour', 'armor'],
  ['behaviour', 'behavior'],
  ['centre', 'center'],
  ['cheque', 'check'],
  ['colour', 'color'],
  ['defence', 'defense'],
  ['endeavour', 'endeavor'],
  ['favour', 'favor'],
  ['fibre', 'fiber'],
  ['flavour', 'flavor'],
  ['fulfil', 'fulfill'],
  ['grey', 'gray'],
  ['harbour', 'harbor'],
  ['honour', 'honor'],
  ['humour', 'humor'],
  ['jewellery', 'jewelry'],
  ['labour', 'labor'],
  ['litre', 'liter'],
  ['metre', 'meter'],
  ['mould', 'mold'],
  ['neighbour', 'neighbor'],
  ['odour', 'odor'],
  ['offence', 'offense'],
  ['parlour', 'parlor'],
  ['plough', 'plow'],
  ['programme', 'program'],
  ['pyjamas', 'pajamas'],
  ['rumour', 'rumor'],
  ['savour', 'savor'],
  ['sceptical', 'skeptical'],
  ['splendour', 'splendor'],
  ['theatre', 'theater'],
  ['tumour', 'tumor'],
  ['vapour', 'vapor'],
  ['vigour', 'vigor'],
];
const BRITISH_SPELLINGS = new Map(BRITISH);
const BRITISH_VERBS =
  /^(organ|real|recogn|apolog|civil|critic|emphas|character|special|normal|author|util|memor)is(e|ed|es|ing|ation|ations)$/;
const BRITISH_STEM = /^(.*?)(s|ed|ing|able|ite|ites|ful|less|hood|hoods|ly|er|ers)?$/;

/** The American spelling of a lower-case word, or the word itself. */
export function americanSpelling(word: string): string {
  const whole = BRITISH_SPELLINGS.get(word);
  if (whole !== undefined) return whole;
  const verb = BRITISH_VERBS.exec(word);
  if (verb) return `${verb[1]}iz${verb[2]}`;
  const [, stem, ending] = BRITISH_STEM.exec(word) ?? [];
  const american = stem === undefined ? undefined : BRITISH_SPELLINGS.get(stem);
  return american === undefined || ending === undefined ? word : american + ending;
}
