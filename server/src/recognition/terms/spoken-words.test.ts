import { expect, test } from 'vitest';
import { spokenWords } from './spoken-words.ts';

const letters = (text: string): string[] => spokenWords(text).map((word) => word.letters);

test('words are runs of letters and digits, with what stands inside them', () => {
  expect(letters("Don't use Node.js 20 — ‘Müller’!")).toEqual([
    'dont',
    'use',
    'nodejs',
    '20',
    'müller',
  ]);
  expect(letters(' … ')).toEqual([]);
  expect(letters('Mu\u0308ller')).toEqual(['müller']);
});

test('characters of scripts without spaces are words', () => {
  expect(letters('東京 Tower')).toEqual(['東', '京', 'tower']);
  expect(spokenWords('東京').map(({ joined }) => joined)).toEqual([false, true]);
});

test('only spaces and hyphens join', () => {
  const joined = spokenWords('a b-c, d. e / f').map((word) => word.joined);
  expect(joined).toEqual([false, true, true, false, false, false]);
});

test('a possessive ending is told apart', () => {
  const [word] = spokenWords('Parlance’s');
  expect(word).toMatchObject({ stem: 'parlance', letters: 'parlances', stemEnd: 8, end: 10 });
});

test('a capital counts inside a sentence, or inside a word', () => {
  const capitals = spokenWords('The Hague is. I’m. "Open AI" iPhone GitHub').filter(
    ({ capital }) => capital,
  );
  expect(capitals.map((word) => word.letters)).toEqual(['hague', 'ai', 'iphone', 'github']);
  const [first, , , open] = spokenWords('The Hague is. "Open AI"');
  expect([first?.opensSentence, open?.opensSentence]).toEqual([true, true]);
});
