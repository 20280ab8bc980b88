import { expect, test } from 'vitest';
import type { GlossaryEntry } from '../../../shared/glossary.ts';
import { CompiledGlossary } from './compiled-glossary.ts';

const entry = (term: string, given: Partial<GlossaryEntry> = {}): GlossaryEntry => ({
  language: 'en',
  term,
  heardAs: [],
  translations: {},
  keep: false,
  ...given,
});

test('a term becomes its translation, stays where it is kept, and is left alone otherwise', () => {
  const glossary = new CompiledGlossary(
    7,
    [
      entry('slot', { translations: { es: 'turno' } }),
      entry('Parlance', { keep: true, translations: { ca: 'Parlància' } }),
      entry('Turno', { language: 'es', translations: { en: 'slot' } }),
    ],
    [],
  );
  expect(glossary.rules('en', 'es')).toEqual([
    { term: 'slot', translation: 'turno' },
    { term: 'Parlance', translation: 'Parlance' },
  ]);
  expect(glossary.rules('en', 'ca')).toEqual([{ term: 'Parlance', translation: 'Parlància' }]);
  expect(glossary.rules('es', 'en')).toEqual([{ term: 'Turno', translation: 'slot' }]);
  expect(glossary.rules('en', 'en')).toEqual([]);
  expect(glossary.rules('de', 'es')).toEqual([]);
});

test("a room's entry replaces the deployment's whole entry, however its term is spelled", () => {
  const deployment = [
    entry('Ada  LOVELACE', { keep: true, heardAs: ['aided love lace'] }),
    entry('Babbage', { translations: { es: 'Babbage' } }),
    entry('ada lovelace', { language: 'es', keep: true }),
  ];
  const glossary = new CompiledGlossary(
    1,
    [entry('Ada Lovelace', { translations: { es: 'la condesa' } })],
    deployment,
  );
  expect(glossary.rules('en', 'es')).toEqual([
    { term: 'Ada Lovelace', translation: 'la condesa' },
    { term: 'Babbage', translation: 'Babbage' },
  ]);
  // Not kept by the room, whatever the deployment says.
  expect(glossary.rules('en', 'fr')).toEqual([]);
  expect(glossary.rules('es', 'en')).toHaveLength(1);
  expect(glossary.spoken('en').entries.flatMap(({ heardAs }) => heardAs)).toEqual([]);
});

test('what is asked again is the same object, so that others can keep what they make of it', () => {
  const glossary = new CompiledGlossary(3, [entry('Parlance', { keep: true })], []);
  expect(glossary.rules('en', 'es')).toBe(glossary.rules('en', 'es'));
  expect(glossary.spoken('en')).toBe(glossary.spoken('en'));
  expect(glossary.spoken('en').version).toBe(3);
  expect(glossary.spoken('de')).toEqual({ version: 3, entries: [] });
});
