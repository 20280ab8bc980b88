import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addErasure, erasure, NO_ERASURE, normalizedErasure } from './erasure.ts';

test('text that only grows erases nothing', () => {
  expect(erasure(['I', 'I want', 'I want to go', 'I want to go.'])).toEqual({
    erasedTokens: 1,
    finalTokens: 4,
  });
  expect(erasure(['I', 'I want', 'I want to'])).toEqual({ erasedTokens: 0, finalTokens: 3 });
});

test('counts from the first changed word to the end of what was shown', () => {
  // "two goats" goes, then "to" goes: 2 + 1 of 3.
  const shown = erasure(['I want two goats', 'I want to', 'I want tea']);
  expect(shown).toEqual({ erasedTokens: 3, finalTokens: 3 });
  expect(normalizedErasure(shown)).toBe(1);
});

test('a final that is held back erases all that was shown', () => {
  expect(erasure(['Thank you for', ''])).toEqual({ erasedTokens: 3, finalTokens: 0 });
  expect(normalizedErasure(erasure(['Thank you', '']))).toBe(Number.POSITIVE_INFINITY);
  expect(normalizedErasure(NO_ERASURE)).toBe(0);
});

test('a corpus weighs captions by their words', () => {
  const corpus = addErasure(erasure(['a b', 'c d']), erasure(['e f g h']));
  expect(normalizedErasure(corpus)).toBeCloseTo(2 / 6);
});

test('never erases more than was ever shown, and nothing when every text extends the last', () => {
  const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 6 }), (revisions) => {
      const shown = revisions.slice(0, -1).reduce((sum, revision) => sum + revision.length, 0);
      const { erasedTokens, finalTokens } = erasure(revisions.map((each) => each.join(' ')));
      expect(erasedTokens).toBeLessThanOrEqual(shown);
      expect(erasedTokens).toBeGreaterThanOrEqual(0);
      expect(finalTokens).toBe(revisions.at(-1)?.length);
      const growing = revisions.map((_, index) =>
        revisions
          .slice(0, index + 1)
          .flat()
          .join(' '),
      );
      expect(erasure(growing).erasedTokens).toBe(0);
    }),
  );
});
