import type { Droppable } from '../limits/droppable.ts';
import { type CorrectedText, TermCorrector } from '../recognition/terms/term-corrector.ts';
import type { SpokenTerms } from '../rooms/compiled-glossary.ts';

/** Made once for each glossary, however many sessions speak by it; forgotten with it. */
let correctors = new WeakMap<SpokenTerms, TermCorrector>();

/** Reads what corrections in these languages need, so that no speech waits for it later. */
export function prepareCorrections(languages: readonly string[]): void {
  for (const language of languages) new TermCorrector([], language);
}

/** The sounds of words that were heard, and the indexes made of glossaries: they are made again when needed. */
export const rememberedSounds: Droppable = {
  name: 'remembered sounds',
  drop() {
    correctors = new WeakMap();
  },
};

/** Writes the terms of a room as they are to be written. */
export function correctTerms(text: string, language: string, terms: SpokenTerms): CorrectedText {
  if (terms.entries.length === 0) return { text, openFrom: text.length };
  let corrector = correctors.get(terms);
  if (corrector === undefined) {
    corrector = new TermCorrector(terms.entries, language);
    correctors.set(terms, corrector);
  }
  return corrector.correct(text);
}
