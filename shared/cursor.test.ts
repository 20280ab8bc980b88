import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareCursors } from './cursor.ts';

const cursor = fc.tuple(fc.bigInt(0n, 10n ** 20n - 1n), fc.bigInt(0n, 10n ** 20n - 1n));

test('[INV3] cursors are ordered as the numbers that they are, beyond what a number holds', () => {
  fc.assert(
    fc.property(cursor, cursor, ([aTime, aNumber], [bTime, bNumber]) => {
      const expected = aTime === bTime ? aNumber - bNumber : aTime - bTime;
      const got = compareCursors(`${aTime}-${aNumber}`, `${bTime}-${bNumber}`);
      expect(Math.sign(got)).toBe(expected > 0n ? 1 : expected < 0n ? -1 : 0);
    }),
  );
});

test('leading zeros do not count', () => {
  expect(compareCursors('007-0', '7-00')).toBe(0);
});
