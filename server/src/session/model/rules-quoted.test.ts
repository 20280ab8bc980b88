import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../testing/speech-corpus.ts';

const root = projectRoot();
const FOLDERS = ['client/src', 'server/src', 'e2e'];

function testFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') || path.endsWith('.contract.ts'))
    .map((path) => join(root, folder, path));
}

const byNumber = (one: string, other: string): number =>
  Number(one.slice(1)) - Number(other.slice(1));

test('every rule of docs/resume.md is quoted by a test, and no other', () => {
  const told = [
    ...readFileSync(join(root, 'docs/resume.md'), 'utf8').matchAll(/^\| \*\*(R\d+)\*\*/gm),
  ];
  const rules = told.map(([, rule]) => rule);
  expect(rules).toEqual(Array.from({ length: 16 }, (_, at) => `R${at + 1}`));
  const quoted = new Set<string>();
  for (const path of FOLDERS.flatMap(testFiles)) {
    for (const [, rule = ''] of readFileSync(path, 'utf8').matchAll(/\[(R\d+)\]/g))
      quoted.add(rule);
  }
  expect([...quoted].sort(byNumber)).toEqual(rules);
});
