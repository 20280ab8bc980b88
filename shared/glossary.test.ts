import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GlossaryEntry, glossarySchema, termKey } from './glossary.ts';
import {
  MAX_GLOSSARY_CHARS,
  MAX_GLOSSARY_ENTRIES,
  MAX_HEARD_AS,
  MAX_SOCKET_MESSAGE_BYTES,
  MAX_TERM_LENGTH,
} from './limits.ts';
import { roomGlossarySchema, sessionStartSchema } from './messages.ts';
import { glossaryArbitrary } from './testing/glossary-arbitrary.ts';

const entry = (given: object = {}): GlossaryEntry => ({
  language: 'en',
  term: 'Parlance',
  heardAs: [],
  translations: {},
  keep: false,
  ...given,
});
const accepts = (...entries: unknown[]) => glossarySchema.safeParse(entries).success;
const long = (length: number) => 'x'.repeat(length);

describe('an entry', () => {
  test('at each limit is accepted, and spaces around terms are left out', () => {
    const spelling = long(MAX_TERM_LENGTH);
    const full = {
      term: spelling,
      heardAs: Array.from({ length: MAX_HEARD_AS }, () => spelling),
      translations: { es: spelling, cat: '  日本 🜁 ' },
    };
    const parsed = glossarySchema.parse([entry(full)]);
    expect(parsed[0]?.translations.cat).toBe('日本 🜁');
  });

  test.each([
    ['no term', { term: '' }],
    ['a term of spaces', { term: ' \u00a0 ' }],
    ['a term too long', { term: long(MAX_TERM_LENGTH + 1) }],
    ['a term without letter or digit', { term: '…!' }],
    ['a term with a line break', { term: 'a\nb' }],
    ['a term with a NUL', { term: 'a\0b' }],
    ['a term with a line separator', { term: 'a\u2028b' }],
    ['half a character', { term: 'a\ud83d' }],
    ['a placeholder of the private use area', { term: 'a\ue000' }],
    ['a term that is no text', { term: 7 }],
    ['too many wrong spellings', { heardAs: Array.from({ length: MAX_HEARD_AS + 1 }, () => 'a') }],
    ['a wrong spelling too long', { heardAs: [long(MAX_TERM_LENGTH + 1)] }],
    ['an empty wrong spelling', { heardAs: [''] }],
    ['a translation too long', { translations: { es: long(MAX_TERM_LENGTH + 1) } }],
    ['an empty translation', { translations: { es: '' } }],
    ['a translation into a region', { translations: { 'es-MX': 'a' } }],
    ['a language that is none', { language: 'English' }],
    ['no word about keeping', { keep: undefined }],
    ['a field that nobody knows', { note: 'a' }],
  ])('[INV4] with %s is refused', (_name, given) => {
    expect(accepts(entry(given))).toBe(false);
  });
});

describe('a glossary', () => {
  test('[INV4] has a limit of entries', () => {
    const entries = Array.from({ length: MAX_GLOSSARY_ENTRIES + 1 }, (_, at) =>
      entry({ term: `term ${at}` }),
    );
    expect(accepts(...entries.slice(1))).toBe(true);
    expect(accepts(...entries)).toBe(false);
  });

  test('[INV4] has a limit of characters, at which it still fits one message', () => {
    // Of all that a term may hold, these take the most bytes for a character.
    const widest = '語'.repeat(MAX_TERM_LENGTH);
    const entries = Array.from({ length: MAX_GLOSSARY_ENTRIES }, (_, at) =>
      entry({ term: `term ${at}`, heardAs: [widest], translations: { ja: widest } }),
    );
    const room = () => MAX_GLOSSARY_CHARS - JSON.stringify(entries).length;
    while (room() < 0) entries.pop();
    // The last one takes exactly what is left: a comma, itself, and as many characters as fit.
    const last = entry({ term: 'x', heardAs: [] });
    const fill = room() - JSON.stringify(last).length - 1;
    const filled = (more: number) =>
      entry({ term: '語'.repeat(1 + fill + more), heardAs: [], translations: {} });
    expect(fill).toBeGreaterThanOrEqual(0);
    expect(fill + 2).toBeLessThanOrEqual(MAX_TERM_LENGTH);
    expect(accepts(...entries, filled(0))).toBe(true);
    expect(accepts(...entries, filled(1))).toBe(false);
    const message = { room: 'r'.repeat(64), ownerSecret: 'x'.repeat(64), glossary: entries };
    const bytes = new TextEncoder().encode(JSON.stringify(['room:glossary', message])).length;
    expect(bytes).toBeLessThan(MAX_SOCKET_MESSAGE_BYTES - 2_000);
  });

  test('has each term once in each language, however it is spelled', () => {
    expect(accepts(entry(), entry({ term: ' PARLANCE ' }))).toBe(false);
    expect(accepts(entry({ term: 'é b' }), entry({ term: 'e\u0301  B' }))).toBe(false);
    expect(accepts(entry(), entry({ language: 'es' }), entry({ term: 'Parlances' }))).toBe(true);
  });

  test('comes through JSON as it was', () => {
    fc.assert(
      fc.property(glossaryArbitrary, (glossary) => {
        expect(glossarySchema.parse(JSON.parse(JSON.stringify(glossary)))).toEqual(glossary);
      }),
    );
  });

  test('is part of a start and a message of its own, refused there as here', () => {
    const start = {
      room: 'r',
      language: 'en',
      offers: [],
      reads: [],
      instance: 'abcdefghij0123456789',
    };
    const set = { room: 'r', ownerSecret: 'x'.repeat(32) };
    for (const [glossary, expected] of [
      [[entry()], true],
      [[entry(), entry()], false],
      ['Parlance', false],
    ]) {
      expect(sessionStartSchema.safeParse({ ...start, glossary }).success).toBe(expected);
      expect(roomGlossarySchema.safeParse({ ...set, glossary }).success).toBe(expected);
    }
    expect(sessionStartSchema.safeParse(start).success).toBe(true);
    expect(roomGlossarySchema.safeParse(set).success).toBe(false);
  });

  test('nothing that can be sent makes its schema throw', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(typeof glossarySchema.safeParse(anything).success).toBe('boolean');
        expect(typeof accepts(anything, anything)).toBe('boolean');
      }),
    );
  });
});

test('[INV7] no refusal repeats a term', () => {
  const refusals = [
    [entry({ term: 'Secret!'.repeat(20) })],
    [entry({ term: 'Secret\n' }), entry({ heardAs: ['Secret\u0001'] })],
    [entry({ term: 'Secret' }), entry({ term: 'secret' })],
    [entry({ translations: { es: 'Secret\ud83d' } })],
  ].map((entries) => glossarySchema.safeParse(entries).error?.message ?? '');
  for (const message of refusals) {
    expect(message).toContain('xpected');
    expect(message.toLowerCase()).not.toContain('secret');
  }
});

test('a key does without what does not matter', () => {
  expect(termKey('  Grace \u00a0 HOPPER ')).toBe('grace hopper');
  expect(termKey('e\u0301')).toBe(termKey('É'));
  expect(termKey('C++')).not.toBe(termKey('C'));
});
