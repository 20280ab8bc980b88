import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CACHED_ROWS, HIDDEN_SIZE } from './decoder-sizes.ts';
import { TokenCache } from './token-cache.ts';

const TOKEN_SIZE = CACHED_ROWS * HIDDEN_SIZE;

const change = fc.oneof(
  fc.record({ append: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ truncate: fc.nat(60) }),
);

test('holds what was appended and not cut off, however much it is', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      const cache = new TokenCache();
      let expected: number[] = [];
      let next = 0;
      for (const step of changes) {
        if ('append' in step) {
          const tokens = Array.from({ length: step.append }, () => next++);
          cache.append(Float32Array.from(tokens.flatMap((n) => new Array(TOKEN_SIZE).fill(n))));
          expected.push(...tokens);
        } else {
          cache.truncate(step.truncate);
          expected = expected.slice(0, step.truncate);
        }
      }
      expect(cache.length).toBe(expected.length);
      const { rows } = cache;
      expect(rows).toHaveLength(expected.length * TOKEN_SIZE);
      expect(expected.map((_, token) => rows[token * TOKEN_SIZE])).toEqual(expected);
      expect(expected.map((_, token) => rows[(token + 1) * TOKEN_SIZE - 1])).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});
