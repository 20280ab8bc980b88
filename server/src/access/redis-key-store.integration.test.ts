import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PrivateRedis } from '../store/private-redis.ts';
import {
  type AdapterConnections,
  createAdapterConnections,
} from '../store/redis/adapter-connections.ts';
import { startTestRedis, type TestRedis } from '../testing/test-redis.ts';
import { keyStoreContract } from './key-store.contract.ts';
import { createRedisKeyStore } from './redis-key-store.ts';

let own: TestRedis;
let server: PrivateRedis;
let redis: Redis;
const listening: AdapterConnections[] = [];

beforeAll(async () => {
  own = await startTestRedis();
  ({ server, redis } = own);
});

afterEach(async () => {
  for (const connections of listening.splice(0)) await connections.close();
});

afterAll(() => own.close());

describe('over Redis', () => {
  keyStoreContract(async () => {
    const prefix = `test-${randomBytes(6).toString('hex')}:`;
    let shiftMs = 0;
    const node = async () => {
      const connections = await createAdapterConnections(server.options);
      listening.push(connections);
      const news = connections.subscriber;
      return createRedisKeyStore({ redis, news, prefix, clockShiftMs: () => shiftMs });
    };
    const [a, b] = await Promise.all([node(), node()]);
    return {
      a,
      b,
      advance: (ms) => {
        shiftMs += ms;
      },
    };
  });

  test('what is kept of a session goes by itself, and nothing of it says more than it must', async () => {
    const prefix = `test-${randomBytes(6).toString('hex')}:`;
    const store = createRedisKeyStore({ redis, prefix });
    await store.openSession('a1b2c3d4e5', { room: 'room', session: 's' }, 1, 5_000);
    const [name = ''] = await redis.keys(`${prefix}*`);
    expect(name).toBe(`${prefix}{ACCESS}:sessions:a1b2c3d4e5`);
    expect(await redis.pttl(name)).toBeGreaterThan(0);
    expect(await redis.pttl(name)).toBeLessThanOrEqual(5_000);
  });

  test('says so while Redis is away', async () => {
    const away = own.connectNowhere();
    const store = createRedisKeyStore({ redis: away });
    await expect(store.read(null)).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(
      store.closeSession('a1b2c3d4e5', { room: 'r', session: 's' }),
    ).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});
