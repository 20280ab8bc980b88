import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../private-redis.ts';
import { checkRedisPromises } from './check-promises.ts';
import { closeConnection, connectionReady, openConnection } from './connections.ts';

let folder: string;
let server: PrivateRedis;
let redis: Redis;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-promises-'));
  server = await startPrivateRedis({ dataFolder: folder });
  redis = openConnection(server.options, 'commands');
  await connectionReady(redis);
});

afterAll(async () => {
  await closeConnection(redis);
  await server.close();
  await rm(folder, { recursive: true });
});

test('a Redis like our own keeps every promise', async () => {
  expect(await checkRedisPromises(server.options)).toEqual([]);
});

test('a socket may be named by a URL', async () => {
  expect(await checkRedisPromises(`unix://${server.options.path}?db=1`)).toEqual([]);
});

test.each([
  ['appendfsync', 'everysec', 'always', /appendfsync everysec.*last second/],
  ['appendfsync', 'no', 'always', /appendfsync no.*some last seconds/],
  ['appendonly', 'no', 'yes', /appendonly no/],
  ['maxmemory-policy', 'allkeys-lru', 'noeviction', /maxmemory-policy allkeys-lru.*vanish/],
])('%s %s is told in words', async (name, weak, strong, words) => {
  await redis.config('SET', name, weak);
  try {
    expect(await checkRedisPromises(server.options)).toEqual([expect.stringMatching(words)]);
  } finally {
    await redis.config('SET', name, strong);
  }
});

test('replicas are told of', async () => {
  const main = await startPrivateRedis({ dataFolder: join(folder, 'x'.repeat(100), 'main') });
  const replica = await startPrivateRedis({ dataFolder: join(folder, 'replica') });
  const { host = '', port = 0, password = '' } = main.options;
  const following = openConnection(replica.options, 'commands');
  await connectionReady(following);
  await following.config('SET', 'masterauth', password);
  await following.replicaof(host, port);
  await vi.waitUntil(async () => (await checkRedisPromises(main.options)).length > 0, {
    timeout: 30_000,
  });
  expect(await checkRedisPromises(main.options)).toEqual([expect.stringMatching(/replicas/)]);
  await closeConnection(following);
  await Promise.all([main.close(), replica.close()]);
});

test('a server that keeps its configuration to itself is told of', async () => {
  await redis.acl('SETUSER', 'guest', 'on', '>guest', '~*', '+@all', '-config');
  const guest = { ...server.options, username: 'guest', password: 'guest' };
  expect(await checkRedisPromises(guest)).toEqual([expect.stringMatching(/CONFIG is forbidden/)]);
});
