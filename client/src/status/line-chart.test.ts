import { expect, test } from 'vitest';
import { pathOf, valueAt } from './line-chart.tsx';

const points = [
  { atMs: 0, value: 1 },
  { atMs: 10, value: 2 },
  { atMs: 20, value: null },
  { atMs: 30, value: 4 },
];

test('a line is broken where there is nothing to show', () => {
  const same = (value: number) => value;
  expect(pathOf(points, same, same)).toBe('M0.0 1.0L0.0 1.0L10.0 2.0M30.0 4.0L30.0 4.0');
});

test('what is told of a moment is what was known then', () => {
  expect(valueAt(points, 15)).toBe(2);
  expect(valueAt(points, 20)).toBeNull();
  expect(valueAt(points, 99)).toBe(4);
  expect(valueAt(points, -1)).toBeNull();
});
