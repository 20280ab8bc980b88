import { expect, test } from 'vitest';
import { SoundIndex } from './sound-index.ts';
import { spokenWords } from './spoken-words.ts';
import { wordRarity } from './word-rarity.ts';

const indexOf = (...terms: string[]): SoundIndex =>
  new SoundIndex(
    terms.map((term) => ({ language: 'en', term, heardAs: [], translations: {}, keep: true })),
    wordRarity('en'),
  );
const found = (index: SoundIndex, text: string): string[] => {
  const words = spokenWords(text);
  return index.find(words, 0).candidates.map(({ term }) => term);
};

test('a term is heard as up to four words', () => {
  const index = indexOf('Kubernetes');
  expect(found(index, 'coo ber net eez')).toEqual(['Kubernetes']);
  expect(found(index, 'coo ber net ee z')).toEqual([]);
});

test('a name that is known must sound the same, an unknown word nearly so', () => {
  const index = indexOf('Jamieson', 'Roberto', 'Kathmandu');
  expect(found(index, 'Jameson')).toEqual(['Jamieson']);
  expect(found(index, 'Robert')).toEqual([]);
  expect(found(index, 'Kathmando')).toEqual(['Kathmandu']);
});

test('one consonant may differ in a long name, none in a short one', () => {
  const index = indexOf('Merneptah', 'Jitsi');
  expect(found(index, 'merneftah')).toEqual(['Merneptah']);
  expect(found(index, 'jibsi')).toEqual([]);
});

test('one consonant is too little to go by', () => {
  expect(found(indexOf('Io', 'Ceu'), 'eeo')).toEqual([]);
  expect(found(indexOf('Ceu'), 'seu')).toEqual([]);
});

test('what has no sound to read belongs to no name', () => {
  const index = indexOf('Kathmandu', 'GPT-4', 'Токио');
  expect(found(index, '20 Kathmando')).toEqual([]);
  expect(found(index, 'Kathmando 20')).toEqual(['Kathmandu']);
  expect(found(index, 'gpd')).toEqual([]);
  expect(found(index, 'киото')).toEqual([]);
});

test('only words that may go on keep a text open', () => {
  const index = indexOf('Kubernetes');
  const open = (text: string): boolean => index.find(spokenWords(text), 0).open;
  expect(open('cooper')).toBe(true);
  expect(open('cooper the')).toBe(false);
  expect(open('mister')).toBe(false);
});

test('[INV4] only the first terms of one sound are compared', () => {
  const vowels = ['a', 'e', 'i', 'o'];
  const alike = vowels.flatMap((left) => vowels.map((right) => `K${left}bern${right}tes`));
  expect(found(indexOf(...alike, 'Kuberneethes'), 'kuberneetes')).not.toContain('Kuberneethes');
  expect(found(indexOf(...alike.slice(1), 'Kuberneethes'), 'kuberneetes')).toEqual([
    'Kuberneethes',
  ]);
});

test('[INV4] words longer than any are passed over, however long', () => {
  const long = `kuberne${'e'.repeat(40)}tes`;
  expect(found(indexOf('Kubernetes'), long)).toEqual([]);
  expect(found(indexOf(long), 'kubernetes')).toEqual([]);
});

test('[INV4] sounds of many words are forgotten and found again', () => {
  const index = indexOf('Kathmandu');
  for (let count = 0; count < 5_000; count += 1) {
    expect(found(index, `z${count.toString(36).replace(/\d/g, 'q')}`)).toEqual([]);
  }
  expect(found(index, 'Kathmando')).toEqual(['Kathmandu']);
});
