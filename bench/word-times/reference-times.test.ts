import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ownClip } from '../../e2e/support/clip.ts';
import { readReferenceTimes, voiceOf } from './reference-times.ts';

const own = { ...ownClip(), group: 'en', set: 'en' as const };

test('the project’s own clip has a time for every word, in order', () => {
  const words = readReferenceTimes([own]).get('own-clip') ?? [];
  expect(words[0]).toEqual({ text: 'printing', startMs: 0, endMs: 660 });
  let endMs = 0;
  for (const word of words) {
    expect(word.startMs).toBeGreaterThanOrEqual(endMs);
    expect(word.endMs).toBeGreaterThan(word.startMs);
    endMs = word.endMs;
  }
  expect(endMs).toBeLessThanOrEqual(own.seconds * 1000);
});

test('clips without times are left out, and times of other words are refused', async () => {
  expect(readReferenceTimes([{ ...own, id: 'unknown' }]).size).toBe(0);
  const folder = await mkdtemp(join(tmpdir(), 'reference-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'reference.tsv');
  await writeFile(file, 'id\ttimes\nclip\t0-10 10-20\n');
  const clip = { ...own, id: 'clip', reference: 'one two' };
  expect(readReferenceTimes([clip], file).get('clip')).toHaveLength(2);
  expect(() => readReferenceTimes([{ ...clip, reference: 'one' }], file)).toThrow(/1 words, got 2/);
});

test('a voice is what its clips have in common', () => {
  expect(['ls-tc-237-134500-0001', 'ls-to-237-1-0002'].map(voiceOf)).toEqual(['ls-237', 'ls-237']);
  expect(voiceOf('arctic-aew-a0001')).toBe('arctic-aew');
});
