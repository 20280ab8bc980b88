import { describe, expect, it } from 'vitest';
import { listedTerms } from './listed-terms.ts';
import { glossaryEntry } from './testing/glossary-entry.ts';

describe('listedTerms', () => {
  const entries = [
    glossaryEntry('zebra'),
    glossaryEntry('Inês', { heardAs: ['Agnes'] }),
    glossaryEntry('10 Downing Street'),
    glossaryEntry('9 lives', { translations: { es: 'Siete Vidas' } }),
    glossaryEntry('apple'),
  ];
  const found = (search: string) => listedTerms(entries, search).map(({ term }) => term);

  it('lists all by the alphabet', () => {
    expect(found(' ')).toEqual(['9 lives', '10 Downing Street', 'apple', 'Inês', 'zebra']);
  });

  it('keeps the term that is edited in sight', () => {
    expect(listedTerms(entries, 'apple', 'en zebra').map(({ term }) => term)).toEqual([
      'apple',
      'zebra',
    ]);
  });

  it('finds terms, spellings and translations, whatever their case and accents', () => {
    expect(found('INES')).toEqual(['Inês']);
    expect(found('agn')).toEqual(['Inês']);
    expect(found('siete')).toEqual(['9 lives']);
    expect(found('nothing')).toEqual([]);
  });
});
