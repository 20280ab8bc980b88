import { expect, test } from 'vitest';
import { UsageError } from '../benchmark.ts';
import { parseFanoutOptions } from './options.ts';

test('without options it is what is promised', () => {
  expect(parseFanoutOptions([])).toEqual({ viewers: 2_000, languages: 3, seconds: 60 });
});

test('options are whole numbers within their limits', () => {
  expect(parseFanoutOptions(['--viewers', '100', '--languages', '2', '--seconds', '20'])).toEqual({
    viewers: 100,
    languages: 2,
    seconds: 20,
  });
  for (const wrong of ['0', '-1', '1.5', 'many', '20001']) {
    expect(() => parseFanoutOptions(['--viewers', wrong])).toThrow(UsageError);
  }
  expect(() => parseFanoutOptions(['--reader', '3'])).toThrow(UsageError);
});
