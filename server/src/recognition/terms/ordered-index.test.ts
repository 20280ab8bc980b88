import { expect, test } from 'vitest';
import { OrderedIndex } from './ordered-index.ts';

const index = new OrderedIndex(
  new Map(['par', 'parlance', 'zeta', 'Ärger', ''].map((key) => [key, key])),
);

test('finds values by their whole key alone', () => {
  expect(index.get('par')).toBe('par');
  expect(index.get('parl')).toBeUndefined();
});

test('tells whether a key starts with something', () => {
  for (const beginning of ['', 'p', 'par', 'parlance', 'z', 'Ä']) {
    expect(index.hasBeginning(beginning), beginning).toBe(true);
  }
  for (const beginning of ['q', 'parlances', 'zz', 'a']) {
    expect(index.hasBeginning(beginning), beginning).toBe(false);
  }
});

test('tells whether a longer key starts with something', () => {
  for (const beginning of ['', 'p', 'par', 'parlanc', 'zet']) {
    expect(index.goesOn(beginning), beginning).toBe(true);
  }
  for (const beginning of ['parlance', 'zeta', 'pars', 'Ärger']) {
    expect(index.goesOn(beginning), beginning).toBe(false);
  }
});

test('an empty index has nothing', () => {
  const empty = new OrderedIndex(new Map<string, string>());
  expect(empty.get('')).toBeUndefined();
  expect(empty.hasBeginning('')).toBe(false);
  expect(empty.goesOn('')).toBe(false);
});
