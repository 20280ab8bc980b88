import { expect, test } from 'vitest';
import { UsageError } from '../benchmark.ts';
import { DEFAULTS, parseLoadOptions } from './options.ts';

test('options are read, and have defaults', () => {
  expect(parseLoadOptions([])).toEqual(DEFAULTS);
  expect(parseLoadOptions(['--sessions', '8', '--seconds', '20', '--workers', '2,4'])).toEqual({
    sessions: 8,
    seconds: 20,
    workers: [2, 4],
  });
});

test.each([
  ['--sessions', '0'],
  ['--sessions', 'many'],
  ['--seconds', '4'],
  ['--seconds', '1.5'],
  ['--workers', '1,'],
  ['--workers', '65'],
  ['--speakers', '3'],
])('%s %s is refused', (...args) => {
  expect(() => parseLoadOptions(args)).toThrow(UsageError);
});
