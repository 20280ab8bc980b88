import { expect, test } from 'vitest';
import { AddressLimit, MAX_REMEMBERED_ADDRESSES } from './address-limit.ts';

const limited = expect.objectContaining({ code: 'rate_limited' });

test('[INV4] one address has so many connections, and others have their own', () => {
  const limit = new AddressLimit({ maxConnections: 2 });
  const leave = limit.take('a');
  limit.take('a');
  expect(() => limit.take('a')).toThrow(limited);
  limit.take('b');
  leave();
  leave();
  limit.take('a');
  expect(() => limit.take('a')).toThrow(limited);
});

test('[INV4] one address makes so many new ones a minute, and is told when to try again', () => {
  let now = 0;
  const perMinute = 6;
  const limit = new AddressLimit({ maxConnections: 2, perMinute, now: () => now });
  for (let count = 0; count < perMinute; count += 1) limit.take('a')();
  expect(() => limit.take('a')).toThrow(
    expect.objectContaining({ code: 'rate_limited', retryAfterMs: 10_000 }),
  );
  limit.take('b')();
  now = 10_000;
  limit.take('a')();
  expect(() => limit.take('a')).toThrow(limited);
});

test('[INV4] a flood from ever new addresses is remembered up to a limit', () => {
  const limit = new AddressLimit({ maxConnections: 2, perMinute: 6, now: () => 0 });
  for (let count = 0; count < MAX_REMEMBERED_ADDRESSES + 100; count += 1) limit.take(`${count}`)();
  expect(limit.remembered).toBe(MAX_REMEMBERED_ADDRESSES);
});

test('an address without a connection is forgotten once it has been quiet', () => {
  let now = 0;
  const limit = new AddressLimit({ maxConnections: 2, perMinute: 6, now: () => now });
  for (let count = 0; count < MAX_REMEMBERED_ADDRESSES; count += 1) limit.take(`${count}`)();
  now = 60_000;
  limit.take('new')();
  expect(limit.remembered).toBe(1);
});
