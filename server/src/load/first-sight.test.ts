import { expect, test } from 'vitest';
import { FirstSight } from './first-sight.ts';

test('every reader but the first is so much behind the first', () => {
  const sight = new FirstSight();
  expect(sight.behind('1-0', 100)).toBeNull();
  expect(sight.behind('2-0', 110)).toBeNull();
  expect(sight.behind('1-0', 130)).toBe(30);
  expect(sight.behind('2-0', 111)).toBe(1);
});

test('[INV4] only the newest entries are remembered', () => {
  const sight = new FirstSight();
  for (let entry = 0; entry <= 1000; entry += 1) sight.behind(`${entry}-0`, entry);
  expect(sight.behind('1-0', 2000)).toBe(1999);
  expect(sight.behind('0-0', 2000)).toBeNull();
});
