import { expect, test } from 'vitest';
import { busySeconds, cpuBetween } from './machine-load.ts';

test('what the machine was busy with, guests counted once', () => {
  const stat = 'cpu  100 20 30 4000 50 6 7 8 90 0\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 1 2 3\n';
  expect(busySeconds(stat)).toBeCloseTo(1.71);
});

test('cores between two readings, others apart', () => {
  const before = { at: 1_000, server: 1, serverChildren: 2, generator: 3, machine: 10 };
  const after = { at: 3_000, server: 2, serverChildren: 2.5, generator: 3.2, machine: 14 };
  expect(cpuBetween(before, after)).toEqual({
    serverCores: 0.5,
    serverChildrenCores: 0.25,
    generatorCores: expect.closeTo(0.1),
    otherCores: expect.closeTo(1.15),
  });
  expect(cpuBetween(null, after)).toBeNull();
});
