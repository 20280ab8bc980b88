import type { GlossaryEntry } from '../../../../shared/glossary.ts';
import type { Candidate, Found } from './choose-candidates.ts';
import { OrderedIndex } from './ordered-index.ts';
import { type SpokenWord, spokenWords } from './spoken-words.ts';
import { COMMON, EVERYDAY, type WordRarity } from './word-rarity.ts';

interface Spelling {
  readonly term: string;
  readonly words: number;
  /** The glossary lists it as heard, so that nothing else has to speak for it. */
  readonly listed: boolean;
}

interface Span {
  readonly text: string;
  readonly words: readonly SpokenWord[];
  readonly first: number;
  readonly last: number;
}

/** Exact words are evidence enough for a term of this many, even everyday ones. */
const CLEAR_WORDS = 3;

/** Finds terms by how they are spelled, whatever their case, spaces and hyphens. */
export class SpellingIndex {
  readonly #phrases: OrderedIndex<Spelling>;
  readonly #joined: OrderedIndex<Spelling>;
  readonly #rarity: WordRarity;

  constructor(entries: readonly GlossaryEntry[], rarity: WordRarity) {
    const phrases = new Map<string, Spelling>();
    const joined = new Map<string, Spelling>();
    for (const { term } of entries) {
      const words = lettersOfEach(term);
      const spelling = { term, words: words.length, listed: false };
      if (!phrases.has(words.join(' '))) phrases.set(words.join(' '), spelling);
      if (!joined.has(words.join(''))) joined.set(words.join(''), spelling);
    }
    for (const { term, heardAs } of entries) {
      for (const heard of heardAs) {
        const words = lettersOfEach(heard);
        const known = phrases.get(words.join(' '));
        // What is a term itself is no wrong spelling of another one.
        if (known !== undefined && known.term !== term) continue;
        phrases.set(words.join(' '), { term, words: words.length, listed: true });
      }
    }
    phrases.delete('');
    joined.delete('');
    this.#phrases = new OrderedIndex(phrases);
    this.#joined = new OrderedIndex(joined);
    this.#rarity = rarity;
  }

  /** Looks at the words from `first` on for as long as a term may go on. */
  find(text: string, words: readonly SpokenWord[], first: number): Found {
    const candidates: Candidate[] = [];
    let phrase = '';
    let joined = '';
    for (let last = first; last < words.length; last += 1) {
      const word = words[last];
      if (word === undefined || (last > first && !word.joined)) return { candidates, open: false };
      const before = last > first ? `${phrase} ` : '';
      const span = { text, words, first, last };
      const candidate =
        this.#candidate(span, before + word.letters, joined + word.letters, word.end) ??
        this.#candidate(span, before + word.stem, joined + word.stem, word.stemEnd);
      if (candidate !== null) candidates.push(candidate);
      phrase = before + word.letters;
      joined += word.letters;
      if (!this.#phrases.hasBeginning(`${phrase} `) && !this.#joined.goesOn(joined)) {
        return { candidates, open: false };
      }
    }
    return { candidates, open: true };
  }

  #candidate(
    { text, words, first, last }: Span,
    phrase: string,
    joined: string,
    end: number,
  ): Candidate | null {
    const exact = this.#phrases.get(phrase);
    const spelling = exact ?? this.#joined.get(joined);
    if (spelling === undefined) return null;
    const written = text.slice(words[first]?.start, end);
    // What is right already is kept from being taken for a part of something else.
    const clear =
      written === spelling.term ||
      (exact !== undefined && (exact.listed || exact.words >= CLEAR_WORDS));
    if (!clear && this.#isPlain(words.slice(first, last + 1))) return null;
    return { first, last, end, term: spelling.term, distance: null };
  }

  /** Whether the words may well be meant as themselves. */
  #isPlain(span: readonly SpokenWord[]): boolean {
    const limit = span.length === 1 ? COMMON : EVERYDAY;
    return span.every((word) => !word.capital && this.#rarity(word) <= limit);
  }
}

function lettersOfEach(written: string): string[] {
  return spokenWords(written).map(({ letters }) => letters);
}
