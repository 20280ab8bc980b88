import type { GlossaryEntry } from '../schema.ts';

/** A term of English that stays as it is, unless told otherwise. */
export function glossaryEntry(term: string, more: Partial<GlossaryEntry> = {}): GlossaryEntry {
  return { language: 'en', term, heardAs: [], translations: {}, keep: true, ...more };
}
