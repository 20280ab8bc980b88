import { expect, test } from 'vitest';
import { spokenWords } from './spoken-words.ts';
import { COMMON, EVERYDAY, UNLISTED, wordRarity } from './word-rarity.ts';

const rarities = (text: string, language = 'en'): number[] =>
  spokenWords(text).map(wordRarity(language));

test('everyday words, contractions and numbers are everyday', () => {
  for (const rarity of rarities("Go and open it, don't I, we're 20 of 1,000 may-days at May's")) {
    expect(rarity).toBeLessThanOrEqual(EVERYDAY);
  }
});

test('rarer words and known names come after common ones, names of nothing known last', () => {
  const [slack = 0, parlance = 0, barcelona = 0, kubernetes] = rarities(
    'slack parlance Barcelona Kubernetes',
  );
  expect(slack).toBeLessThanOrEqual(COMMON);
  expect(parlance).toBeGreaterThan(COMMON);
  expect(barcelona).toBeGreaterThan(COMMON);
  expect(barcelona).toBeLessThan(UNLISTED);
  expect(kubernetes).toBe(UNLISTED);
});

test('names have their plurals where a dictionary has them', () => {
  for (const rarity of rarities('Robert Roberts Novembers Zurich')) {
    expect(rarity).toBeGreaterThan(COMMON);
    expect(rarity).toBeLessThan(UNLISTED);
  }
});

test('without a list every word is an everyday one', () => {
  for (const rarity of rarities('Kubernetes en Barcelona', 'es')) {
    expect(rarity).toBeLessThanOrEqual(EVERYDAY);
  }
});
