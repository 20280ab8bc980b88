import type { Glossary } from '../../../../shared/glossary.ts';
import { type Candidate, chooseCandidates } from './choose-candidates.ts';
import { SoundIndex } from './sound-index.ts';
import { SpellingIndex } from './spelling-index.ts';
import { type SpokenWord, spokenWords } from './spoken-words.ts';
import { wordRarity } from './word-rarity.ts';

/** A text with its terms written as the glossary has them. */
export interface CorrectedText {
  readonly text: string;
  /**
   * Where words start that may still become part of a term when more is said; the length of `text`
   * where none do. What stands before it stays as it is in every text that goes on from this one.
   */
  readonly openFrom: number;
}

/** Sound keys and the list of common words are English. */
const SOUNDED_LANGUAGE = 'en';

/**
 * Writes the terms of a glossary as they are to be written: where they were heard as the glossary
 * says, stand there in another case or spacing, or (in English) sound like what stands there.
 * Compiled once for each spoken language. Of the texts that it corrected it keeps only how some of
 * their words sound, in memory, up to a limit.
 */
export class TermCorrector {
  readonly #spellings: SpellingIndex;
  readonly #sounds: SoundIndex | null;

  /** Takes the entries for `language`, which is the one spoken. */
  constructor(glossary: Glossary, language: string) {
    const entries = glossary.filter((entry) => entry.language === language);
    const rarity = wordRarity(language);
    this.#spellings = new SpellingIndex(entries, rarity);
    this.#sounds = language === SOUNDED_LANGUAGE ? new SoundIndex(entries, rarity) : null;
  }

  /** Takes time in proportion to the text's length, whatever the glossary's; never throws. */
  correct(text: string): CorrectedText {
    const words = spokenWords(text);
    const candidates: Candidate[] = [];
    let firstOpen = words.length;
    for (const first of words.keys()) {
      const spelled = this.#spellings.find(text, words, first);
      const sounding = this.#sounds?.find(words, first);
      candidates.push(...spelled.candidates, ...(sounding?.candidates ?? []));
      if (spelled.open || sounding?.open === true) firstOpen = Math.min(firstOpen, first);
    }
    const { chosen, settledWords } = chooseCandidates(candidates, words.length, firstOpen);
    return write(text, words, chosen, settledWords);
  }
}

function write(
  text: string,
  words: readonly SpokenWord[],
  chosen: readonly Candidate[],
  settledWords: number,
): CorrectedText {
  let corrected = '';
  let copied = 0;
  let openFrom: number | null = null;
  const openStart = words[settledWords]?.start ?? text.length;
  for (const { first, end, term } of chosen) {
    const word = words[first];
    if (word === undefined) continue;
    if (openFrom === null && word.start >= openStart) {
      openFrom = corrected.length + openStart - copied;
    }
    const [lead = '', trail = ''] = signsAround(term);
    const start = word.start - lead.length;
    const hasLead = start >= copied && text.startsWith(lead, start);
    corrected += text.slice(copied, hasLead ? start : word.start);
    corrected += asOpening(term, text.slice(word.start, end), word.opensSentence);
    copied = text.startsWith(trail, end) ? end + trail.length : end;
  }
  openFrom ??= corrected.length + openStart - copied;
  return { text: corrected + text.slice(copied), openFrom };
}

/** Signs before the first and behind the last word of a term, like the dot of ".NET". */
function signsAround(term: string): [string, string] {
  const words = spokenWords(term);
  return [term.slice(0, words[0]?.start), term.slice(words.at(-1)?.end)];
}

/** A term in lower case takes over the capital that a sentence starts with. */
function asOpening(term: string, written: string, opensSentence: boolean): string {
  const [initial = ''] = written;
  const capital = initial !== initial.toLowerCase();
  if (!opensSentence || !capital || term !== term.toLowerCase()) return term;
  const [first = ''] = term;
  return first.toUpperCase() + term.slice(first.length);
}
