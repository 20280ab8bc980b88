import { expect, test } from 'vitest';
import { ConnectionLimit } from './connection-limit.ts';

const full = expect.objectContaining({ code: 'server_full', retryable: true });

function filled(max: number, open: number) {
  const limit = new ConnectionLimit(max);
  return { limit, places: Array.from({ length: open }, () => limit.take()) };
}

test('[INV4] newcomers are refused by name from 90 % on; who resumes gets in up to 100 %', () => {
  const { limit } = filled(100, 90);
  limit.admit('newcomer');
  expect(limit.isCrowded).toBe(false);
  limit.take();
  expect(() => limit.admit('newcomer')).toThrow(full);
  expect(limit.isCrowded).toBe(true);
  limit.admit('resuming');
  while (limit.open < 100) limit.take();
  limit.admit('resuming');
  expect(() => limit.take()).toThrow(full);
  expect(limit.open).toBe(100);
});

test('a place that is given back is there again, once', () => {
  const { limit, places } = filled(10, 10);
  const [first = () => {}] = places;
  first();
  first();
  expect(limit.open).toBe(9);
  limit.admit('newcomer');
  limit.take();
  expect(() => limit.take()).toThrow(full);
});

test('a node for a single connection takes a newcomer', () => {
  const { limit } = filled(1, 1);
  limit.admit('newcomer');
});

test('says when to try again', () => {
  const { limit } = filled(2, 2);
  expect(() => limit.take()).toThrow(expect.objectContaining({ retryAfterMs: 10_000 }));
});
