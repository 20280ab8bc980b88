import { expect, test } from 'vitest';
import { MAX_GLOSSARY_FILE_BYTES, readGlossaryFile } from './glossary-file.ts';
import { languageOf } from './language-tag.ts';

const read = (name: string, bytes: Uint8Array) =>
  readGlossaryFile({ name, bytes }, { spoken: ['en'] });
const text = new TextEncoder().encode('term,es\nslot,turno\n');

test('[INV4] a file has a limit of bytes', async () => {
  const bytes = new Uint8Array(MAX_GLOSSARY_FILE_BYTES + 1).fill(0x20);
  bytes.set(text);
  expect(await read('a.csv', bytes)).toEqual({
    ok: false,
    problems: ['Expected a file of at most 2097152 bytes, got a larger one.'],
    readable: [],
  });
  expect(await read('a.csv', bytes.subarray(1))).toMatchObject({ ok: false });
  expect((await read('a.csv', bytes.subarray(0, -1))).ok).toBe(true);
});

test.each([
  ['an older encoding', [0x74, 0x65, 0x72, 0x6d, 0x2c, 0xe9]],
  ['half a character of UTF-16', [0xff, 0xfe, 0x61]],
  ['a lone surrogate of UTF-16', [0xff, 0xfe, 0x3d, 0xd8]],
])('%s is named', async (_name, bytes) => {
  expect(await read('a.csv', Uint8Array.from(bytes))).toMatchObject({
    ok: false,
    problems: [expect.stringContaining('Expected text in UTF-8 or UTF-16')],
  });
});

test('the ending tells what a file is', async () => {
  expect((await read('my.terms.CSV', text)).ok).toBe(true);
  for (const name of ['terms.xlsx', 'terms', 'csv', '']) {
    expect(await read(name, text)).toMatchObject({
      problems: ['Expected a file that ends in .csv, .tsv, .tbx, got none.'],
    });
  }
});

test.each([
  ['en', 'en'],
  ['en-US', 'en'],
  [' pt_br ', 'pt'],
  ['zh-Hant-TW', 'zh'],
  ['spa', 'es'],
  ['ast', 'ast'],
  ['Spanish', null],
  ['term', null],
  ['qqz', null],
  ['', null],
  ['e', null],
  ['en us', null],
])('the language of "%s" is %s', (tag, language) => {
  expect(languageOf(tag)).toBe(language);
});
