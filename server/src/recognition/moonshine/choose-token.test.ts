import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseToken } from './choose-token.ts';

test('chooses the likeliest and tells its log-softmax', () => {
  fc.assert(
    fc.property(
      fc.array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 50 }),
      (logits) => {
        const exact = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
        const best = Math.max(...logits);
        const { token, logProbability, margin } = chooseToken(
          Float32Array.from(logits),
          0,
          logits.length,
        );
        expect(token).toBe(logits.indexOf(best));
        expect(logProbability).toBeCloseTo(best - exact, 5);
        const [first = 0, second = Number.NEGATIVE_INFINITY] = [...logits].sort((a, b) => b - a);
        expect(margin).toBe(first - second);
      },
    ),
  );
});

test('reads the row that it is told to', () => {
  const logits = Float32Array.of(9, 0, 0, 0, 1, 5, 9, 9, 9);
  expect(chooseToken(logits, 3, 3).token).toBe(2);
});

test('ties go to the first, and large logits do not overflow', () => {
  const { token, logProbability } = chooseToken(Float32Array.of(1e30, 1e30), 0, 2);
  expect(token).toBe(0);
  expect(logProbability).toBeCloseTo(-Math.log(2));
});
