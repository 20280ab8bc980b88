import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packPackets, unpackPackets } from './packet-cache.ts';

test('packets come back as they were', () => {
  const packets = fc.array(fc.uint8Array({ minLength: 1, maxLength: 1275 }), { maxLength: 5 });
  fc.assert(
    fc.property(packets, (all) => {
      expect(unpackPackets(packPackets(all))).toEqual(all);
    }),
  );
});

test('a file that was cut short is refused', () => {
  const packed = packPackets([Uint8Array.of(1, 2, 3)]);
  expect(() => unpackPackets(packed.subarray(0, 4))).toThrow(RangeError);
  expect(() => unpackPackets(packed.subarray(0, 1))).toThrow(RangeError);
});
