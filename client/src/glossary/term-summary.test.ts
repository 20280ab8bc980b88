import { describe, expect, it } from 'vitest';
import type { GlossaryEntry } from './schema.ts';
import { summaryOf } from './term-summary.ts';
import { glossaryEntry } from './testing/glossary-entry.ts';

const OFFERS = ['en', 'es', 'fr'];

function words(more: Partial<GlossaryEntry>): string[] {
  return summaryOf(glossaryEntry('main', more), OFFERS).map(({ label, text }) =>
    label === null ? text : `${label}: ${text}`,
  );
}

describe('summaryOf', () => {
  it('says what becomes of a term without words of its own', () => {
    expect(words({})).toEqual(['as it is']);
    expect(words({ keep: false })).toEqual(['translated as usual']);
  });

  it('lists the languages on offer, then what holds elsewhere', () => {
    const es = { es: 'tubería' };
    expect(words({ translations: es })).toEqual(['Español: tubería', 'elsewhere as it is']);
    expect(words({ translations: es, keep: false }).at(-1)).toBe('elsewhere translated as usual');
    expect(words({ translations: { ...es, fr: 'conduite' } })).toHaveLength(2);
  });

  it('counts what is kept for other languages', () => {
    expect(words({ translations: { de: 'Leitung', it: 'condotta' } })).toEqual([
      'as it is',
      '2 more for languages not on offer',
    ]);
  });
});
