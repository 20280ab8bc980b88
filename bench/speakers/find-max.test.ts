import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findMax } from './find-max.ts';

const carrying = (most: number) => async (speakers: number) => ({
  speakers,
  good: speakers <= most,
});

test('grows, then halves the interval', async () => {
  const { max, steps } = await findMax(8, 400, carrying(20));
  expect(max).toBe(20);
  expect(steps.map(({ speakers }) => speakers)).toEqual([8, 12, 18, 27, 22, 20, 21]);
});

test('shrinks first where the first step is too much already', async () => {
  expect((await findMax(30, 400, carrying(3))).max).toBe(3);
  expect((await findMax(30, 400, carrying(0))).max).toBe(0);
});

test('ends at the limit', async () => {
  const { max, steps } = await findMax(300, 400, carrying(1_000));
  expect(max).toBe(400);
  expect(steps.map(({ speakers }) => speakers)).toEqual([300, 400]);
});

test('comes within a twentieth of the most, never above it, and asks nothing twice', async () => {
  const numbers = fc.integer({ min: 1, max: 400 });
  await fc.assert(
    fc.asyncProperty(numbers, numbers, async (from, most) => {
      const { max, steps } = await findMax(from, 400, carrying(most));
      expect(max).toBeLessThanOrEqual(most);
      expect(most - max).toBeLessThanOrEqual(Math.max(1, max / 20));
      expect(new Set(steps.map(({ speakers }) => speakers)).size).toBe(steps.length);
    }),
  );
});
