import fc from 'fast-check';
import { type GlossaryEntry, glossaryEntrySchema, termKey, termSchema } from '../glossary.ts';

/** What tables, spreadsheets and XML find hardest to carry. */
const AWKWARD = [
  ...['=1+A1', '-40 °C', '@home', '+1 x', "'=x", "''=x", "'twas", 'a|b', 'a\\|b', 'a\\', '\\|a'],
  ...[
    'a,b;c',
    'a "b" c',
    '"a"',
    'a""',
    'a\u00a0b',
    'é',
    'e\u0301',
    '日本語',
    '1️⃣',
    '<a>&amp;',
    'yes',
    'x',
  ],
];

const LANGUAGES = ['en', 'es', 'ca', 'de', 'pt', 'ja', 'zh'] as const;

/** Anything that may stand in a glossary as a term, trimmed as it is kept. */
export const termArbitrary = fc
  .oneof(fc.constantFrom(...AWKWARD), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 24 }))
  .filter((text) => termSchema.safeParse(text).success)
  .map((text) => termSchema.parse(text));

const entryArbitrary: fc.Arbitrary<GlossaryEntry> = fc
  .record({
    language: fc.constantFrom(...LANGUAGES),
    term: termArbitrary,
    heardAs: fc.array(termArbitrary, { maxLength: 8 }),
    translations: fc.dictionary(fc.constantFrom(...LANGUAGES), termArbitrary),
    keep: fc.boolean(),
  })
  .map((entry) => glossaryEntrySchema.parse(entry));

/** A glossary that the schema accepts. */
export const glossaryArbitrary = fc.uniqueArray(entryArbitrary, {
  maxLength: 12,
  selector: ({ language, term }) => `${language} ${termKey(term)}`,
});
