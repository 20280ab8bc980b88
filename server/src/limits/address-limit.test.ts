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

test('[INV4] in such a flood, who keeps coming stays limited', () => {
  const limit = new AddressLimit({ maxConnections: 2, perMinute: 6, now: () => 0 });
  for (let count = 0; count < 6; count += 1) limit.take('a')();
  for (let count = 0; count < 3 * MAX_REMEMBERED_ADDRESSES; count += 1) {
    limit.take(`${count}`)();
    if (count % 10_000 === 0) expect(() => limit.take('a')).toThrow(limited);
  }
});

test('addresses without a connection are forgotten once they have been quiet', () => {
  let now = 0;
  const limit = new AddressLimit({ maxConnections: 2, perMinute: 6, now: () => now });
  for (const address of ['a', 'b', 'c']) limit.take(address)();
  now = 60_000;
  limit.take('new')();
  limit.take('new')();
  expect(limit.remembered).toBe(1);
});

test('who has too many is told of what, and when to try again', () => {
  const limit = new AddressLimit({ maxConnections: 0, what: 'requests', retryAfterMs: 1_000 });
  expect(() => limit.take('a')).toThrow(
    expect.objectContaining({
      message: 'Expected at most 0 requests from one address, got another one.',
      retryAfterMs: 1_000,
    }),
  );
});
