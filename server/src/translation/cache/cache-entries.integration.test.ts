import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestRedis, type TestRedis } from '../../testing/test-redis.ts';
import { RedisCacheEntries } from './cache-entries.ts';

let own: TestRedis;
let redis: Redis;

beforeAll(async () => {
  own = await startTestRedis();
  ({ redis } = own);
});
afterAll(() => own.close());
beforeEach(() => redis.flushall());

const ENTRY = Buffer.from([0, 255, 10, 13, 0, 128]);

test('keeps bytes as they are, for every node, for two hours', async () => {
  const entries = new RedisCacheEntries(redis, { ttlMs: 7_200_000, maxEntries: 10 });
  expect(await entries.read('a')).toBeNull();
  await entries.write('a', ENTRY);
  expect(await new RedisCacheEntries(redis, { ttlMs: 1, maxEntries: 1 }).read('a')).toEqual(ENTRY);
  for (const key of await redis.keys('*')) {
    const leftMs = await redis.pttl(key);
    expect(leftMs).toBeGreaterThan(7_100_000);
    expect(leftMs).toBeLessThanOrEqual(7_200_000);
  }
});

test('an entry is gone when its time is over, and so is everything else of it', async () => {
  const entries = new RedisCacheEntries(redis, { ttlMs: 20, maxEntries: 10 });
  await entries.write('a', ENTRY);
  await expect.poll(() => entries.read('a')).toBeNull();
  await expect.poll(() => redis.keys('*')).toEqual([]);
});

test('[INV4] holds no more than it may: what would go first goes', async () => {
  const entries = new RedisCacheEntries(redis, { ttlMs: 60_000, maxEntries: 3 });
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await entries.write(name, ENTRY);
    // Another millisecond, so that the order of going is that of coming.
    const [second, micro] = await redis.time();
    const now = () =>
      redis.time().then(([s, u]) => Number(s) * 1000 + Math.floor(Number(u) / 1000));
    const before = Number(second) * 1000 + Math.floor(Number(micro) / 1000);
    await expect.poll(now, { interval: 1 }).toBeGreaterThan(before);
  }
  const left = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => entries.read(name)));
  expect(left).toEqual([null, null, ENTRY, ENTRY, ENTRY]);
  expect(await redis.dbsize()).toBe(4);
});
