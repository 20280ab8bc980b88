import type { GlossaryEntry } from '../../../../shared/glossary.ts';
import type { Candidate, Found } from './choose-candidates.ts';
import { OrderedIndex } from './ordered-index.ts';
import { joinSounds, type Sound, soundDistance, soundOf } from './sound.ts';
import { type SpokenWord, spokenWords } from './spoken-words.ts';
import { COMMON, KNOWN_NAME, UNLISTED, type WordRarity } from './word-rarity.ts';

interface SoundingTerm {
  readonly term: string;
  readonly spelled: string;
  readonly phones: string;
  readonly limit: number;
}

/** Words said one after another. */
interface Spoken {
  readonly letters: string;
  readonly sound: Sound;
}

interface Allowance {
  readonly share: number;
  readonly atMost: number;
}

const SILENCE: Spoken = { letters: '', sound: { keys: ['', ''], phones: '' } };

/** Words that one term may be heard as. */
const MAX_WORDS = 4;
/** Terms with the same consonants that are compared: a glossary of nothing else must cost no more. */
const MAX_ALIKE = 16;
/** Letters of a word beyond which it is none that somebody said; sounds cost more than its length. */
const MAX_WORD_LETTERS = 40;
/** Words whose sound is kept, so that partials cost little: what a few long talks say. */
const MAX_REMEMBERED = 4096;
/** Fewer consonants are those of too many words. */
const MIN_KEY = 2;
/** From so many consonants on, one may be another, missing or too much, but for the first two. */
const MIN_ROUGH_KEY = 4;
const FIRM_KEY = 2;
/** {@link soundDistance} up to which unknown words are a term, by the number of its consonants. */
const LIMITS: readonly number[] = [0, 0, 0.05, 0.07, 0.08, 0.13];
/** Share of it where they are mixed with words that everybody knows. */
const MIXED = 0.7;
/** The same for a name that is known, and for words of which one may be a name or is rather rare. */
const NAME_LIMIT = 0.04;
const RARE_LIMIT = 0.06;
const LATIN = /^[\p{Script=Latin}\p{M}]+$/u;
/** Words of no name by sound: they stand beside names all the time. */
const FUNCTION_WORDS = new Set(
  (
    'a am an and any are as at be been but by can could did do does for from had has have he her ' +
    'here him his how i if in into is it its just me my no not of off on one or our out over she ' +
    'so than that the their them then there these they this those to too two up us was we were ' +
    'what when where which who whose why will with would yes you your'
  ).split(' '),
);

/**
 * Finds English terms by how they sound, spread over one to four words ("cooper netties"). Plain
 * words are never taken for a name: at least one of them must be rare, or have a capital inside a
 * sentence.
 */
export class SoundIndex {
  readonly #terms: OrderedIndex<readonly SoundingTerm[]>;
  readonly #rarity: WordRarity;
  readonly #sounds = new Map<string, Sound>();

  constructor(entries: readonly GlossaryEntry[], rarity: WordRarity) {
    const terms = new Map<string, SoundingTerm[]>();
    for (const { term } of entries) {
      const words = spokenWords(term);
      if (words.length > MAX_WORDS || !words.every(hasSound)) continue;
      const { letters, sound } = words.reduce(
        (before, word) => this.#join(before, word.letters),
        SILENCE,
      );
      for (const key of new Set(sound.keys)) {
        if (key.length < MIN_KEY) continue;
        const limit = LIMITS[Math.min(key.length, LIMITS.length - 1)] ?? 0;
        const sounding = { term, spelled: letters, phones: sound.phones, limit };
        for (const variant of key.length < MIN_ROUGH_KEY ? [key] : roughly(key)) {
          const others = terms.get(variant) ?? [];
          if (others.length < MAX_ALIKE && !others.includes(sounding)) {
            terms.set(variant, [...others, sounding]);
          }
        }
      }
    }
    this.#terms = new OrderedIndex(terms);
    this.#rarity = rarity;
  }

  /** Looks at the words from `first` on for as long as a term may go on. */
  find(words: readonly SpokenWord[], first: number): Found {
    const candidates: Candidate[] = [];
    let before: Spoken = SILENCE;
    for (let last = first; last < words.length; last += 1) {
      const word = words[last];
      const count = last - first + 1;
      const follows = word !== undefined && (count === 1 || word.joined);
      if (!follows || !mayBeName(word)) return { candidates, open: false };
      const heard = this.#join(before, word.letters);
      const allowed = this.#allowance(words.slice(first, last + 1));
      if (allowed !== null) {
        const whole = this.#closest(heard, allowed);
        const stem =
          word.stemEnd < word.end ? this.#closest(this.#join(before, word.stem), allowed) : null;
        if (stem !== null && (whole === null || stem.distance <= whole.distance)) {
          candidates.push({ first, last, end: word.stemEnd, ...stem });
        } else if (whole !== null) {
          candidates.push({ first, last, end: word.end, ...whole });
        }
      }
      if (count === MAX_WORDS || !this.#goesOn(heard)) return { candidates, open: false };
      before = heard;
    }
    return { candidates, open: true };
  }

  /** How much of its limit a term may use up for these words, or null where they mean themselves. */
  #allowance(span: readonly SpokenWord[]): Allowance | null {
    const rarities = span.map(this.#rarity);
    const rarest = Math.max(...rarities);
    if (rarest === UNLISTED) {
      return { share: rarities.some((rarity) => rarity <= COMMON) ? MIXED : 1, atMost: 1 };
    }
    if (span.length === 1) return rarest < KNOWN_NAME ? null : { share: 1, atMost: NAME_LIMIT };
    const speaks = rarest > COMMON || span.some(({ capital }) => capital);
    return speaks ? { share: 1, atMost: RARE_LIMIT } : null;
  }

  #closest(
    { letters, sound }: Spoken,
    { share, atMost }: Allowance,
  ): { term: string; distance: number } | null {
    let closest: { term: string; distance: number } | null = null;
    const alike = new Set<SoundingTerm>();
    for (const key of sound.keys.flatMap(roughly)) {
      for (const term of this.#terms.get(key) ?? []) {
        if (alike.size < MAX_ALIKE) alike.add(term);
      }
    }
    for (const { term, spelled, phones, limit } of alike) {
      // The plural of a term is no other spelling of it.
      if (letters === pluralOf(spelled)) return null;
      const distance = soundDistance(sound.phones, phones);
      if (distance <= Math.min(limit * share, atMost) && distance < (closest?.distance ?? 1)) {
        closest = { term, distance };
      }
    }
    return closest;
  }

  /** Whether more words may make a term of it. */
  #goesOn({ sound }: Spoken): boolean {
    return sound.keys.some((key) => roughly(key).some((each) => this.#terms.hasBeginning(each)));
  }

  #join({ letters, sound }: Spoken, more: string): Spoken {
    let known = this.#sounds.get(more);
    if (known === undefined) {
      if (this.#sounds.size >= MAX_REMEMBERED) this.#sounds.clear();
      known = soundOf(more);
      this.#sounds.set(more, known);
    }
    return { letters: letters + more, sound: joinSounds(sound, known) };
  }
}

function pluralOf(letters: string): string {
  return /[sxz]$/.test(letters) ? `${letters}es` : `${letters}s`;
}

function mayBeName(word: SpokenWord): boolean {
  return hasSound(word) && !FUNCTION_WORDS.has(word.letters);
}

/** Numbers are said in ways that their digits do not tell; other scripts are not read. */
function hasSound({ letters }: SpokenWord): boolean {
  return letters.length <= MAX_WORD_LETTERS && LATIN.test(letters);
}

/** A key, and it without one of its consonants, so that two keys that differ in one meet. */
function roughly(key: string): string[] {
  const keys = [key];
  for (let place = FIRM_KEY; place < key.length; place += 1) {
    keys.push(key.slice(0, place) + key.slice(place + 1));
  }
  return keys;
}
