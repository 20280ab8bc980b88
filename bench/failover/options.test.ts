import { expect, test } from 'vitest';
import { UsageError } from '../benchmark.ts';
import { parseFailoverOptions } from './options.ts';

test('twenty kills of four speakers unless told otherwise', () => {
  expect(parseFailoverOptions([])).toEqual({ kills: 20, speakers: 4, seed: 1 });
  const args = ['--kills', '50', '--speakers', '2', '--seed', '7'];
  expect(parseFailoverOptions(args)).toEqual({ kills: 50, speakers: 2, seed: 7 });
});

test('what makes no sense is refused', () => {
  for (const args of [['--kills', '0'], ['--kills', '1.5'], ['--speakers', '21'], ['--x'], ['y']]) {
    expect(() => parseFailoverOptions(args), args.join(' ')).toThrow(UsageError);
  }
});
