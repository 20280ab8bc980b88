import { expect, test } from 'vitest';
import {
  equalSecrets,
  formatApiKey,
  hashKeySecret,
  keyPrefix,
  newApiKey,
  parseApiKey,
} from './api-key.ts';

test('a key says who it is and hides the rest behind its prefix', () => {
  const key = newApiKey();
  const text = formatApiKey(key);
  expect(parseApiKey(text)).toEqual(key);
  expect(text.startsWith(`${keyPrefix(key.id)}_`)).toBe(true);
  expect(Buffer.from(key.secret, 'base64url')).toHaveLength(32);
  expect(hashKeySecret(key.secret)).not.toContain(key.secret);
});

test('no two keys are the same', () => {
  const keys = Array.from({ length: 100 }, () => formatApiKey(newApiKey()));
  expect(new Set(keys).size).toBe(keys.length);
});

test.each([
  '',
  'parlance',
  'parlance_0123456789_short',
  `parlance_0123456789_${'x'.repeat(44)}`,
  `parlance_012345678G_${'x'.repeat(43)}`,
  `Parlance_0123456789_${'x'.repeat(43)}`,
  `parlance_0123456789_${'x'.repeat(43)}\n`,
])('%j is no key', (text) => {
  expect(parseApiKey(text)).toBeNull();
});

test('secrets are equal where all of them is', () => {
  expect(equalSecrets('same', 'same')).toBe(true);
  for (const other of ['', 'sam', 'same ', 'Same']) expect(equalSecrets('same', other)).toBe(false);
});
