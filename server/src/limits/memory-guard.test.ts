import { expect, test, vi } from 'vitest';
import { DROP_INTERVAL_MS, MemoryGuard } from './memory-guard.ts';

function guard() {
  let now = 0;
  const drop = vi.fn();
  const collectGarbage = vi.fn();
  const log = { warn: vi.fn(), info: vi.fn() };
  const memory = new MemoryGuard({
    limitMb: 1_000,
    droppables: [{ name: 'models', drop }],
    collectGarbage,
    log,
    now: () => now,
  });
  const pass = (ms: number) => {
    now += ms;
  };
  return { memory, drop, collectGarbage, log, pass };
}

const full = expect.objectContaining({ code: 'server_full', retryable: true });

test('[INV4] at 85 % caches are dropped and garbage is collected, once', () => {
  const { memory, drop, collectGarbage, log } = guard();
  memory.note(849);
  expect(drop).not.toHaveBeenCalled();
  for (const used of [850, 860, 810, 855]) memory.note(used);
  expect(memory.step).toBe('tight');
  expect(drop).toHaveBeenCalledTimes(1);
  expect(collectGarbage).toHaveBeenCalledTimes(1);
  expect(log.warn).toHaveBeenCalledTimes(1);
  memory.admit();
});

test('while memory stays scarce they are dropped again after a while', () => {
  const { memory, drop, pass } = guard();
  memory.note(900);
  pass(DROP_INTERVAL_MS - 1);
  memory.note(900);
  expect(drop).toHaveBeenCalledTimes(1);
  pass(1);
  memory.note(900);
  expect(drop).toHaveBeenCalledTimes(2);
});

test('[INV4] at 95 % newcomers are refused by name, until it is below 90 %', () => {
  const { memory, drop } = guard();
  memory.note(940);
  memory.admit();
  memory.note(950);
  expect(memory.step).toBe('full');
  expect(drop).toHaveBeenCalledTimes(2);
  for (const used of [949, 900]) {
    memory.note(used);
    expect(() => memory.admit()).toThrow(full);
  }
  memory.note(899);
  memory.admit();
  expect(memory.step).toBe('tight');
  memory.note(799);
  expect(memory.step).toBe('enough');
});

test('what rises again is dropped again at once', () => {
  const { memory, drop } = guard();
  memory.note(850);
  memory.note(700);
  memory.note(850);
  expect(drop).toHaveBeenCalledTimes(2);
});
