import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stampOf } from './build.mjs';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parlance-stamp-'));
  mkdirSync(join(root, 'src/deep'), { recursive: true });
  writeFileSync(join(root, 'src/a.ts'), 'one');
  writeFileSync(join(root, 'src/deep/b.ts'), 'two');
  writeFileSync(join(root, 'config.json'), '{}');
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

const stamp = () => stampOf(root, ['src', 'config.json', 'not-there']);

test('the same sources have the same stamp, whatever their times', () => {
  const before = stamp();
  utimesSync(join(root, 'src/a.ts'), 0, 0);
  expect(stamp()).toBe(before);
});

test.each([
  ['a changed file', () => writeFileSync(join(root, 'src/deep/b.ts'), 'Two')],
  ['a new file', () => writeFileSync(join(root, 'src/c.ts'), '')],
  ['a removed file', () => rmSync(join(root, 'src/a.ts'))],
  ['a changed configuration', () => writeFileSync(join(root, 'config.json'), '{ }')],
  [
    'content that moves from one file to its neighbour',
    () => {
      writeFileSync(join(root, 'src/a.ts'), 'onetwo');
      writeFileSync(join(root, 'src/deep/b.ts'), '');
    },
  ],
])('%s changes it', (_what, change) => {
  const before = stamp();
  change();
  expect(stamp()).not.toBe(before);
});

test.each([
  ['a test', 'src/a.test.ts'],
  ['a result', 'src/results/r.json'],
])('%s does not change it', (_what, path) => {
  const before = stamp();
  mkdirSync(join(root, 'src/results'));
  writeFileSync(join(root, path), 'new');
  expect(stamp()).toBe(before);
});
