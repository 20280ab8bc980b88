import { expect, test } from 'vitest';
import { UsageError } from '../benchmark.ts';
import { parseSpeakersOptions } from './options.ts';

test('nothing given', () => {
  expect(parseSpeakersOptions([])).toMatchObject({
    count: 10,
    seconds: 60,
    activity: 0.5,
    surge: 0,
    findMax: false,
    url: null,
    settings: {},
  });
});

test('everything given', () => {
  const line =
    '--count 50 --seconds 300 --activity 1 --find-max --url https://h:1 --reads ca --read-share 0.2 --seed 3 --set A=b=c --set D=';
  expect(parseSpeakersOptions(line.split(' '))).toMatchObject({
    ...{ count: 50, seconds: 300, activity: 1, findMax: true, url: 'https://h:1', seed: 3 },
    ...{ reads: 'ca', readShare: 0.2, settings: { A: 'b=c', D: '' } },
  });
  expect(parseSpeakersOptions(['--reads', 'none']).readShare).toBe(0);
});

test.each([
  ['--count 0'],
  ['--count 2.5'],
  ['--count many'],
  ['--seconds -1'],
  ['--activity 0'],
  ['--activity 1.1'],
  ['--read-share 2'],
  ['--set NAME'],
  ['--frobnicate'],
])('%s is refused', (line) => {
  expect(() => parseSpeakersOptions(line.split(' '))).toThrow(UsageError);
});
