import { describe, expect, it } from 'vitest';
import type { GlossaryEntry } from '../glossary/schema.ts';
import { remember } from './remembered.ts';
import {
  forgetGlossary,
  keepGlossary,
  keptGlossary,
  MAX_KEPT_GLOSSARIES,
} from './room-glossaries.ts';

const list = (term: string): GlossaryEntry[] => [
  { language: 'en', term, heardAs: ['x'], translations: { es: term }, keep: true },
];

// Node has no localStorage: these run on the fallback, which a browser without storage uses too.
describe('room glossaries', () => {
  it('keeps the terms of a room, also an empty list, and forgets them', () => {
    expect(keptGlossary('one')).toBeNull();
    keepGlossary('one', list('Parlance'));
    keepGlossary('two', []);
    expect(keptGlossary('one')).toEqual(list('Parlance'));
    expect(keptGlossary('two')).toEqual([]);
    forgetGlossary('one');
    expect(keptGlossary('one')).toBeNull();
    expect(keptGlossary('two')).toEqual([]);
  });

  it.each(['{', '{}', '[{"term":"a"}]', 'null'])('counts %s in the storage as nothing', (text) => {
    remember('glossary.broken', text);
    expect(keptGlossary('broken')).toBeNull();
  });

  it('[INV4] forgets the terms of the oldest rooms', () => {
    for (let n = 0; n <= MAX_KEPT_GLOSSARIES; n += 1) keepGlossary(`room-${n}`, list(`t${n}`));
    expect(keptGlossary('room-0')).toBeNull();
    expect(keptGlossary('room-1')).toEqual(list('t1'));
    expect(keptGlossary(`room-${MAX_KEPT_GLOSSARIES}`)).not.toBeNull();
  });
});
