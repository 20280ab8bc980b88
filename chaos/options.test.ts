import { expect, test } from 'vitest';
import { UsageError } from '../bench/benchmark.ts';
import { parseChaosOptions } from './options.ts';

const KNOWN = ['node-killed', 'link-cut'];

test('every scenario once unless told otherwise, with a seed that can be repeated', () => {
  const { seed, ...others } = parseChaosOptions([], KNOWN);
  expect(others).toEqual({ only: [], minutes: 0, nodes: 3, seconds: 40 });
  expect(Number.isInteger(seed) && seed > 0).toBe(true);
  const args = ['--only', 'link-cut', '--seed', '7', '--minutes', '2', '--nodes', '2'];
  expect(parseChaosOptions(args, KNOWN)).toMatchObject({
    only: ['link-cut'],
    seed: 7,
    minutes: 2,
    nodes: 2,
  });
});

test('what makes no sense is refused by name', () => {
  for (const args of [
    ['--only', 'no-such'],
    ['--seed', '0'],
    ['--seed', 'x'],
    ['--minutes', '-1'],
    ['--nodes', '1'],
    ['--seconds', '5'],
    ['--fast'],
    ['more'],
  ]) {
    expect(() => parseChaosOptions(args, KNOWN), args.join(' ')).toThrow(UsageError);
  }
});
