import { expect, test } from 'vitest';
import { roundTop } from './chart-scale.ts';

test.each([
  [0, 4, 5],
  [7, 1, 10],
  [10, 1, 10],
  [11, 1, 20],
  [0.34, 0.1, 0.5],
  [2.1, 1, 2.5],
  [2400, 1, 2500],
])('values up to %s, at least %s, have a top of %s', (highest, least, top) => {
  expect(roundTop(highest, least)).toBeCloseTo(top);
});
