import { expect, test } from 'vitest';
import { EpochGate, MAX_GATED_SESSIONS } from './epoch-gate.ts';

test('[R9] [INV2] what carries an epoch below the highest seen is dropped', () => {
  const gate = new EpochGate();
  expect(gate.admit('a', 1)).toBe(true);
  expect(gate.admit('a', 3)).toBe(true);
  expect(gate.admit('a', 2)).toBe(false);
  expect(gate.admit('a', 3)).toBe(true);
  expect(gate.admit('b', 2)).toBe(true);
});

test('[INV4] only so many sessions are remembered, and those last heard stay', () => {
  const gate = new EpochGate();
  gate.admit('kept', 5);
  gate.admit('forgotten', 5);
  for (let other = 1; other < MAX_GATED_SESSIONS; other += 1) {
    gate.admit('kept', 5);
    gate.admit(`other-${other}`, 1);
  }
  expect(gate.admit('kept', 4)).toBe(false);
  expect(gate.admit('forgotten', 4)).toBe(true);
});
