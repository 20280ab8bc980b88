import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GlossaryEntry } from '../../../../shared/glossary.ts';
import { TermCorrector } from './term-corrector.ts';

const TERMS = ['Parlance', 'OpenAI', 'Go', 'Kubernetes', 'C#', 'Node.js', 'Postgres', 'metformin'];
TERMS.push(
  '.NET',
  'Yahoo!',
  'Guido van Rossum',
  'May Day',
  'Theranos',
  'Jitsi',
  'Crohn',
  'Parlance Cloud',
  'Łódź',
);
const HEARD: Readonly<Record<string, readonly string[]>> = {
  Go: ['go lang'],
  'C#': ['see sharp', 'c sharp'],
  Jitsi: ['a jit see', 'jit'],
  '.NET': ['dot net'],
  'Parlance Cloud': ['par lance clout'],
};
const GLOSSARY: GlossaryEntry[] = TERMS.map((term) => ({
  language: 'en',
  term,
  heardAs: [...(HEARD[term] ?? [])],
  translations: {},
  keep: true,
}));
const corrector = new TermCorrector(GLOSSARY, 'en');

/** Words and parts of words out of which terms may come together, or nearly. */
const PIECES =
  'par lance Par-Lance parlants open AI go lang Go cooper netties Cooper Nettie’s kuber'
    .concat(
      ' see sharp c node JS post gress Greece met formin for men Guido van Rossum may Day the',
    )
    .concat(
      ' a of rano’s Taranos jit see crone crown clout cloud Lodz łódź don’t 20 I us Kubernetes yahoo Yahoo! .net dot net C# Cooper',
    )
    .split(' ');
const piece = fc.constantFrom(...PIECES);
const gap = fc.oneof(
  { weight: 8, arbitrary: fc.constant(' ') },
  fc.constantFrom('-', ', ', '. ', '? ', '  ', ' – ', '’s ', '\n'),
);
const speech = fc
  .array(fc.tuple(piece, gap), { maxLength: 12 })
  .map((parts) => parts.flat().join(''));
const anything = fc.oneof(
  speech,
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.tuple(speech, fc.string({ unit: 'grapheme' }), speech).map((parts) => parts.join('')),
);
const RUNS = { numRuns: 1_000 };
/** What is heard for "Go" starts with the term itself: "go lang lang" leaves it there once more. */
const HEARD_ANEW = /\bgo\P{L}+lang/iu;

test('a text is changed once: what is right stays', () => {
  fc.assert(
    fc.property(speech, (text) => {
      const once = corrector.correct(text).text;
      fc.pre(!HEARD_ANEW.test(once));
      expect(corrector.correct(once).text).toBe(once);
    }),
    RUNS,
  );
});

test('what stands before the open part stays, whatever is said next', () => {
  fc.assert(
    fc.property(anything, anything, (text, next) => {
      const { text: before, openFrom } = corrector.correct(text);
      const settled = before.slice(0, openFrom);
      expect(corrector.correct(`${text} ${next}`).text.slice(0, openFrom)).toBe(settled);
    }),
    RUNS,
  );
});

test('the open part starts within the text, between words', () => {
  fc.assert(
    fc.property(speech, (text) => {
      const corrected = corrector.correct(text);
      expect(corrected.openFrom).toBeGreaterThanOrEqual(0);
      expect(corrected.openFrom).toBeLessThanOrEqual(corrected.text.length);
      const around = [
        corrected.text.slice(0, corrected.openFrom).at(-1),
        corrected.text[corrected.openFrom],
      ];
      expect(around.every((sign) => sign !== undefined && /[\p{L}\p{N}]/u.test(sign))).toBe(false);
    }),
    RUNS,
  );
});

test('texts of everyday words stay as they are', () => {
  const plain = 'we go on and the apple may be open so day by day I see a sharp node of more men';
  const text = fc
    .array(fc.constantFrom(...plain.split(' ').filter((word) => word !== 'see')), { maxLength: 15 })
    .map((words) => words.join(' '));
  fc.assert(
    fc.property(text, (words) => {
      expect(corrector.correct(words).text).toBe(words);
    }),
    RUNS,
  );
});

test('any glossary can be compiled, and whatever it corrects never fails', () => {
  const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 });
  const entry = fc.record({
    language: fc.constantFrom('en', 'de'),
    term: words,
    heardAs: fc.array(words, { maxLength: 3 }),
    translations: fc.constant({}),
    keep: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 20 }), anything, words, (entries, text, next) => {
      const own = new TermCorrector(entries, 'en');
      const heard = `${text} ${entries[0]?.heardAs[0] ?? ''}`;
      const { text: corrected, openFrom } = own.correct(heard);
      expect(own.correct(`${heard} ${next}`).text.slice(0, openFrom)).toBe(
        corrected.slice(0, openFrom),
      );
    }),
    { numRuns: 200 },
  );
});
