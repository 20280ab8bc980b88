import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LoopWatch } from './loop-watch.ts';

const watch = (...tokens: number[]) => {
  const found = new LoopWatch();
  for (const token of tokens) found.push(token);
  return found;
};
const rounds = (count: number, ...phrase: number[]) =>
  Array.from({ length: count }, () => phrase).flat();

test('what nobody repeats is no loop', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 3, max: 32_000 }), { maxLength: 80 }),
      (tokens) => {
        const found = watch(...tokens);
        expect(found.repeated).toEqual(tokens.map(() => false));
        expect(found.tail).toBeNull();
        expect(found.stuck).toBe(false);
      },
    ),
  );
});

test('people say short things twice or three times', () => {
  for (const tokens of [rounds(5, 7), rounds(3, 7, 8), rounds(2, 7, 8, 9, 10, 11)]) {
    expect(watch(...tokens).repeated).not.toContain(true);
  }
});

test('of a loop the first round is new', () => {
  expect(watch(9, ...rounds(6, 7)).repeated).toEqual([false, false, ...rounds(5, 1).map(Boolean)]);
  const phrase = [7, 8, 9, 10, 11, 12];
  const { repeated } = watch(...rounds(2, ...phrase), 7, 8);
  expect(repeated.indexOf(true)).toBe(6);
  expect(repeated.filter(Boolean).length).toBe(8);
});

test('what comes after a loop is new again', () => {
  const { repeated, tail } = watch(...rounds(6, 7), 8, 9);
  expect(repeated.slice(-2)).toEqual([false, false]);
  expect(tail).toBeNull();
});

test('the tail is the longest run that says the same twice', () => {
  expect(watch(5, 7, 7, 7).tail).toEqual({ period: 1, length: 3 });
  expect(watch(5, 7, 7).tail).toBeNull();
  expect(watch(5, 7, 8, 7, 8, 7).tail).toEqual({ period: 2, length: 5 });
  expect(watch(5, ...rounds(2, 1, 2, 3, 4)).tail).toEqual({ period: 4, length: 8 });
});

test('is stuck when no speaker would go on', () => {
  expect(watch(...rounds(11, 7)).stuck).toBe(false);
  expect(watch(...rounds(12, 7)).stuck).toBe(true);
  const phrase = Array.from({ length: 10 }, (_, at) => at);
  expect(watch(...rounds(3, ...phrase)).stuck).toBe(false);
  expect(watch(...rounds(4, ...phrase)).stuck).toBe(true);
});
