import { expect, test } from 'vitest';
import { UsageError } from '../benchmark.ts';
import { parseQualityOptions } from './options.ts';

test('without options everything is measured at real-time pace', () => {
  expect(parseQualityOptions([])).toMatchObject({
    sets: ['en', 'quiet', 'long', 'nonspeech', 'foreign'],
    translation: true,
    limit: null,
    pace: 'real-time',
    reads: ['es'],
    clip: null,
  });
  expect(parseQualityOptions([]).speakers).toBeGreaterThanOrEqual(2);
});

test('takes what it is told', () => {
  const args = '--only quiet,en --limit 3 --pace max --speakers 2 --to es,en,ca'.split(' ');
  expect(parseQualityOptions(args)).toEqual({
    sets: ['en', 'quiet'],
    translation: false,
    limit: 3,
    pace: 'fast',
    speakers: 2,
    reads: ['es', 'ca'],
    clip: null,
  });
  expect(parseQualityOptions(['--only', 'translation']).sets).toEqual([]);
  expect(parseQualityOptions(['--clip', 'lj-']).translation).toBe(false);
});

test.each([
  ['--only', 'english'],
  ['--limit', '0'],
  ['--limit', 'some'],
  ['--pace', '2'],
  ['--speakers', '-1'],
  ['--fast', ''],
  ['stray', ''],
])('refuses %s %s', (...args) => {
  expect(() => parseQualityOptions(args.filter((arg) => arg !== ''))).toThrow(UsageError);
});
