import { expect, test } from 'vitest';
import { availableMemory } from './available-memory.ts';

test.each([
  ['a container that may have less than the machine', 64, 2, { bytes: 2, isConstrained: true }],
  ['one without a bound', 64, Number.POSITIVE_INFINITY, { bytes: 64, isConstrained: false }],
  ['a bound beyond the machine', 64, 2 ** 63, { bytes: 64, isConstrained: false }],
])('%s', (_, machine, constrained, expected) => {
  expect(availableMemory(machine, constrained)).toEqual(expected);
});
