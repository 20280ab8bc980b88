import { expect, test } from 'vitest';
import { UsageError } from '../benchmark.ts';
import { parseSoakOptions } from './options.ts';

test('the warm-up grows with the time that is measured, up to a bound', () => {
  expect(parseSoakOptions([])).toMatchObject({ minutes: 30, warmUpMinutes: 15 });
  expect(parseSoakOptions(['--minutes', '2'])).toMatchObject({ minutes: 2, warmUpMinutes: 1 });
  const chosen = parseSoakOptions(['--minutes', '60', '--warm-up', '20']);
  expect(chosen).toMatchObject({ minutes: 60, warmUpMinutes: 20 });
});

test.each([['--warm-up', '0'], ['--minutes', 'x'], ['--speakers', '1.5'], ['--other']])(
  'refuses %s %s by name',
  (...args) => {
    expect(() => parseSoakOptions(args)).toThrow(UsageError);
  },
);
