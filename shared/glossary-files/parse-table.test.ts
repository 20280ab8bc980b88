import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Glossary } from '../glossary.ts';
import { MAX_GLOSSARY_CHARS, MAX_GLOSSARY_ENTRIES, MAX_TERM_LENGTH } from '../limits.ts';
import { glossaryArbitrary } from '../testing/glossary-arbitrary.ts';
import { MAX_TOLD_PROBLEMS } from './glossary-collector.ts';
import { type GlossaryFileOptions, readGlossaryFile } from './glossary-file.ts';
import { MAX_TABLE_ROWS } from './parse-table.ts';
import { writeGlossaryCsv } from './write-csv.ts';

const ENGLISH: GlossaryFileOptions = { spoken: ['en'] };

function read(text: string, options = ENGLISH, name = 'terms.csv') {
  return readGlossaryFile({ name, bytes: new TextEncoder().encode(text) }, options);
}

async function entries(...given: Parameters<typeof read>): Promise<Glossary> {
  const result = await read(...given);
  if (!result.ok) throw new Error(result.problems.join(' '));
  return result.glossary;
}

async function problems(...given: Parameters<typeof read>): Promise<readonly string[]> {
  const result = await read(...given);
  return result.ok ? [] : result.problems;
}

const PARLANCE = {
  language: 'en',
  term: 'Parlance',
  heardAs: ['par lance', 'parlands'],
  translations: {},
  keep: true,
};
const SLOT = {
  language: 'en',
  term: 'slot, the "free" one',
  heardAs: [],
  translations: { es: 'turno', pt: 'vaga' },
  keep: false,
};

const TURNO = { ...SLOT, term: 'slot', translations: { es: 'turno' } };

describe('a table with a header', () => {
  test.each([
    ['commas', ','],
    ['semicolons, as Excel has them where the comma is the decimal sign', ';'],
    ['tabs', '\t'],
  ])('is read with %s', async (_name, delimiter) => {
    const rows = [
      ['term', 'heard as', 'keep', 'es', 'pt-BR'],
      ['Parlance', 'par lance| parlands |', 'yes', '', ''],
      ['', '', '', '', ''],
      ['"slot, the ""free"" one"', '', '', ' turno ', 'vaga'],
    ];
    const text = rows.map((row) => row.join(delimiter)).join('\n');
    expect(await entries(text)).toEqual([PARLANCE, SLOT]);
    if (delimiter === '\t') expect(await entries(text, ENGLISH, 'a.TSV')).toEqual([PARLANCE, SLOT]);
  });

  test.each([
    ['a byte order mark', '\uFEFFterm,es\nslot,turno\n'],
    ['line ends of Windows', 'term,es\r\nslot,turno\r\n'],
    ['line ends of both kinds', 'term,es\r\nslot,turno\n'],
    ['line ends of old Macs', 'term,es\rslot,turno'],
    ['empty lines', '\n\nterm,es\n,\n\nslot,turno\n\n'],
    ['a language of its own instead of "term"', 'es,EN_us\nturno,slot\n'],
    ['old language codes', 'eng,spa\nslot,turno\n'],
    ['columns without names that are empty', 'term,es,,\nslot,turno,,\n'],
    ['rows that end early', 'term,es,keep,heard as\nslot,turno\n'],
    ['semicolons in a term', 'term,es\nslot,turno\n"a,b;c;d;e",f\n'],
    ['a column for the language', 'language,term,es\nen-GB,slot,turno\n'],
    ['no delimiter but the quotes', '"term","es"\n"slot","turno"'],
  ])('may have %s', async (_name, text) => {
    expect(await entries(text)).toContainEqual(TURNO);
  });

  test.each([
    ...['yes', 'YES', 'y', 'true', '1', 'x', 'X'].map((word) => [word, true] as const),
    ...['no', 'n', 'false', '0', '', '  '].map((word) => [word, false] as const),
  ])('takes "%s" for keep: %s', async (word, keep) => {
    expect((await entries(`term,keep\nslot,${word}\n`))[0]?.keep).toBe(keep);
  });

  test('takes terms of several spoken languages, each column as terms of its own', async () => {
    const both = { spoken: ['en', 'de'] };
    const found = await entries('en,de,es\nslot,Platz,turno\n,Pause,pausa\n', both);
    expect(found).toMatchObject([
      { language: 'en', term: 'slot', translations: { de: 'Platz', es: 'turno' } },
      { language: 'de', term: 'Platz', translations: { en: 'slot', es: 'turno' } },
      { language: 'de', term: 'Pause', translations: { es: 'pausa' } },
    ]);
    expect(await entries('language,term\nde,Platz\nes,turno\n', both)).toMatchObject([
      { language: 'de', term: 'Platz' },
      { language: 'es', term: 'turno' },
    ]);
  });

  test('a header alone is an empty glossary', async () => {
    expect(await entries('term,es\n')).toEqual([]);
  });
});

describe('a table without a header', () => {
  const expected = [{ language: 'en', term: 'slot', translations: { es: 'turno' }, keep: false }];

  test('of two columns is read where the second language is known', async () => {
    const text = 'slot,turno\n';
    expect(await entries(text, { ...ENGLISH, secondColumn: 'es' })).toMatchObject(expected);
    expect(await problems(text)).toEqual([
      'Row 1: expected a header such as "en,es", got none: nothing tells the language of the second column.',
    ]);
    expect(await problems('a,b\nc,d,e\n', { ...ENGLISH, secondColumn: 'es' })).toEqual([
      'Row 2: expected 2 columns, got 3.',
    ]);
  });

  test('of four columns is read by the languages that it names', async () => {
    const text = 'slot,turno,en,es\nPlatz,slot,DE,en-GB\n';
    expect(await entries(text)).toMatchObject([
      ...expected,
      { language: 'de', term: 'Platz', translations: { en: 'slot' } },
    ]);
    expect(await problems('slot,turno,en,es\nslot,turno,en,Spanish\n')).toEqual([
      'Row 2: expected a term, its translation and two language codes, got others.',
    ]);
  });
});

describe('[INV4] what is wrong is told with its row and column', () => {
  const long = 'x'.repeat(MAX_TERM_LENGTH + 13);
  test.each([
    ['an empty file', '\r\n', 'Row 1: expected terms, got an empty file'],
    ['no column of terms', 'fr,es\na,b', 'Row 1: expected a header with a column "term" or "en"'],
    ['words but no term', 'keep,heard as\nyes,b', 'Row 1: expected a header with a column "term"'],
    ['a column nobody knows', 'term,comment\na,b', '"keep" or a language code in column 2, got'],
    ['a language that is none', 'term,qqz\na,b', '"keep" or a language code in column 2, got'],
    ['a column twice', 'term,es,es-MX\na,b,c', 'Row 1: expected each column once, got "es" again'],
    ['terms without a name', 'language,es\nen,b', 'beside "language", got none'],
    ['a value beside the table', 'term,es\na,b\nc,d,e', 'Row 3: expected nothing in column 3,'],
    ['no term', 'term,es\na,b\n,d', 'Row 3: expected a term in column "term", got nothing'],
    ['no term in its column', 'en,es\n,d', 'Row 2: expected a term in column "en", got nothing'],
    ['no yes', 'term,keep\na,maybe', 'Row 2: expected yes or no in column "keep", got another'],
    ['no language', 'language,term\nEnglish,a', 'Row 2: expected a language code in column "lang'],
    [
      'a long term',
      `term\n${long}`,
      'Row 2: expected at most 80 characters in column "term", got 93',
    ],
    ['a long translation', `en,es\na,${long}`, '80 characters in column "es", got 93'],
    ['a long spelling', `en,heard as\na,b|${long}`, '80 characters in column "heard as", got 93'],
    ['many spellings', 'en,heard as\na,b|c|d|e|f|g|h|i|j', 'at most 8 spellings in column "heard'],
    ['a sign', 'en,es\na,?!', 'Row 2: expected a term with a letter or a digit in column "es"'],
    ['a line break', 'en,es\na,b\nc,"d\ne"', 'Row 3: expected a term without control characters'],
    [
      'a term again',
      'en,es\nAda,b\n\nADA,c',
      'Row 4: expected each term once, got the one of row 2',
    ],
    ['an open quote', 'en,es\na,b\n"c,d\ne,f', 'Row 3: expected quotes around a whole field'],
  ])('%s', async (_name, text, expected) => {
    const [first = '', ...more] = await problems(text);
    expect(first).toContain(expected);
    expect(first).toMatch(/^Row \d+: expected .*, got .*\.$/);
    expect(more).toEqual([]);
  });

  test('several spoken languages and no word about which', async () => {
    const both = { spoken: ['en', 'de'] };
    expect(await problems('term,es\na,b', both)).toEqual([
      'Row 1: expected a column "language" beside "term", got none: en and de are spoken here.',
    ]);
    expect(await problems('language,term\n,b', both)).toEqual([
      'Row 2: expected a language code in column "language", got nothing.',
    ]);
    expect(await problems('en,de,heard as\na,b,c', both)).toHaveLength(1);
    expect(await problems('en,de,es\n,,c', both)).toEqual([
      'Row 2: expected a term in column "en" or "de", got nothing.',
    ]);
    expect(await problems('a,b\n', { ...both, secondColumn: 'es' })).toEqual([
      'Row 1: expected a header with a column "term" or "en" or "de", got none.',
    ]);
  });

  test('many problems are told up to a limit, and the rest counted', async () => {
    const found = await problems(`term,keep\n${'a,maybe\n'.repeat(MAX_TOLD_PROBLEMS + 7)}`);
    expect(found).toHaveLength(MAX_TOLD_PROBLEMS + 1);
    expect(found.at(-1)).toBe('And 7 more of the kind.');
  });

  test('more terms, or more in all, than a glossary holds', async () => {
    const rows = (count: number, rest: string) =>
      `term,es,ca\n${Array.from({ length: count }, (_, at) => `term ${at}${rest}\n`).join('')}`;
    expect(await entries(rows(MAX_GLOSSARY_ENTRIES, ''))).toHaveLength(MAX_GLOSSARY_ENTRIES);
    expect(await problems(rows(MAX_GLOSSARY_ENTRIES + 3, ''))).toEqual([
      'Expected at most 500 terms, got 503.',
    ]);
    const wide = `,${'x'.repeat(80)},${'y'.repeat(80)}`;
    const [first = ''] = await problems(rows(MAX_GLOSSARY_ENTRIES, wide));
    expect(first).toMatch(`Expected at most ${MAX_GLOSSARY_CHARS} characters in all, got `);
  });

  test('more rows than anybody reads through', async () => {
    const rows = `term,es\nslot,turno\n${'\n'.repeat(MAX_TABLE_ROWS - 3)}`;
    expect(await entries(rows)).toHaveLength(1);
    for (const more of ['\n', '\n'.repeat(1_000_000)]) {
      expect(await problems(rows + more)).toEqual([
        'Row 10001: expected at most 10000 rows, got more.',
      ]);
    }
  });

  test('[INV7] and no term is repeated', async () => {
    const told = await Promise.all([
      problems('term,es\nSecret,secret!\nSECRET,?\nSecret\u0007,x'),
      problems('Secret,secret,secret\n'),
      problems('term,Secret\na,b'),
      problems('term,keep\na,Secret'),
      problems('language,term\nSecret,a'),
      problems('term,es\n"Secret'),
    ]);
    expect(told.every((list) => list.length > 0)).toBe(true);
    expect(told.flat().join().toLowerCase()).not.toContain('secret');
  });

  test('what is right of a wrong file is given out beside the problems', async () => {
    const result = await read('en,es\na,b\nc,?\nd,e');
    expect(result).toMatchObject({ ok: false, readable: [{ term: 'a' }, { term: 'd' }] });
  });
});

describe('writing', () => {
  test('gives one row a term, which spreadsheets read and do not run', () => {
    const text = writeGlossaryCsv([PARLANCE, SLOT, { ...PARLANCE, term: '=1+A1', heardAs: ['|'] }]);
    expect(text).toBe(
      [
        '\uFEFFlanguage,term,heard as,keep,es,pt',
        'en,Parlance,par lance|parlands,yes,,',
        'en,"slot, the ""free"" one",,no,turno,vaga',
        "en,'=1+A1,\\|,yes,,",
        '',
      ].join('\r\n'),
    );
    expect(writeGlossaryCsv([])).toBe('\uFEFFlanguage,term,heard as,keep\r\n');
  });

  test('and reading again changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        glossaryArbitrary,
        fc.constantFrom('en', 'es', 'fr'),
        async (glossary, spoken) => {
          expect(await entries(writeGlossaryCsv(glossary), { spoken: [spoken] })).toEqual(glossary);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('no text makes the reader throw', async () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('term', 'en', 'es', ',', ';', '\t', '"', '\n', '\r\n', '|', '\\', '', "'"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      const result = await read(pieces.join(''));
      if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
});
