import { expect, test } from 'vitest';
import { explore, type Model, type Move } from './explore.ts';

/** Walks over numbers: every step adds one or two, a fault adds ten; 7 is done, beyond 20 is not. */
function walk(
  broken: (at: number) => string | null,
  dead = Number.POSITIVE_INFINITY,
): Model<number> {
  const move = (by: number, at: number, isFault = false): Move<number> => ({
    label: `+${by}`,
    isFault,
    to: at + by,
  });
  return {
    initial: 0,
    key: String,
    moves: (at) => (at >= dead || at >= 20 ? [] : [move(1, at), move(2, at), move(10, at, true)]),
    broken,
    isDone: (at) => at >= 20,
  };
}

test('every state is looked at once', () => {
  expect(
    explore(
      walk(() => null),
      100,
    ),
  ).toEqual({
    states: 30,
    transitions: 60,
    done: 10,
    counterexample: null,
  });
});

test('a counterexample is the shortest way to a broken rule', () => {
  const { counterexample } = explore(
    walk((at) => (at === 13 ? 'never thirteen' : null)),
    100,
  );
  expect(counterexample?.what).toBe('never thirteen');
  expect(counterexample?.steps.toSorted()).toEqual(['+1', '+10', '+2']);
});

test('a state from which only a fault leads on is a counterexample', () => {
  const stuckAt = walk(() => null);
  const model: Model<number> = {
    ...stuckAt,
    moves: (at) => stuckAt.moves(at).filter(({ isFault }) => at !== 3 || isFault),
  };
  const { counterexample } = explore(model, 100);
  expect(counterexample?.what).toContain('never be completed');
  expect(counterexample?.steps.join('')).toMatch(/^(\+1\+2|\+2\+1)$/);
});

test('[INV4] more states than allowed are refused', () => {
  expect(() =>
    explore(
      walk(() => null),
      29,
    ),
  ).toThrow('Expected at most 29 states, got more.');
});
