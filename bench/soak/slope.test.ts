import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leastSquares, windowMinima } from './slope.ts';

test('a line is found whatever it is, without an error', () => {
  const number = fc.integer({ min: -1_000, max: 1_000 });
  fc.assert(
    fc.property(number, number, (slope, start) => {
      const fit = leastSquares([0, 1, 2, 5, 9].map((x) => [x, start + slope * x]));
      expect(fit?.slope).toBeCloseTo(slope, 6);
      expect(fit?.error).toBeCloseTo(0, 6);
    }),
  );
});

test('the error is the textbook one', () => {
  // y = x with residuals +1, -2, +1 has slope 1; s² = 6 / 1, Σ(x − x̄)² = 2.
  const fit = leastSquares([
    [0, 1],
    [1, -1],
    [2, 3],
  ]);
  expect(fit).toEqual({ samples: 3, mean: 1, slope: 1, error: Math.sqrt(3) });
});

test('too little tells nothing', () => {
  expect(
    leastSquares([
      [0, 1],
      [1, 2],
    ]),
  ).toBeNull();
  expect(
    leastSquares([
      [3, 1],
      [3, 2],
      [3, 5],
    ]),
  ).toBeNull();
});

test('the least of each window is what stays', () => {
  expect(
    windowMinima(
      [
        [1, 5],
        [9, 3],
        [11, 8],
        [25, 1],
      ],
      10,
    ),
  ).toEqual([
    [5, 3],
    [15, 8],
    [25, 1],
  ]);
});
