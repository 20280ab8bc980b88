import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { nodeReport } from '../../../client/src/status/testing/node-reports.ts';
import { startTestRedis, type TestRedis } from '../testing/test-redis.ts';
import { FORGOTTEN_AFTER_MS, MAX_NODES, NodeBoard, SILENT_AFTER_MS } from './node-board.ts';

let own: TestRedis;
let redis: Redis;
let board: NodeBoard;

beforeAll(async () => {
  own = await startTestRedis();
  ({ redis } = own);
  board = new NodeBoard(redis, 'test:');
});
beforeEach(() => redis.flushall());
afterAll(() => own.close());

/** As if the node had reported so long ago. */
async function age(node: string, ms: number): Promise<void> {
  const at = Number(await redis.zscore('test:nodes-seen', node));
  await redis.zadd('test:nodes-seen', at - ms, node);
}

test('what nodes tell is read by all', async () => {
  await board.publish(nodeReport({ name: 'a', sessions: 3 }));
  await board.publish(nodeReport({ name: 'b' }));
  await board.publish(nodeReport({ name: 'a', sessions: 4 }));
  const { nodes, silent } = await board.read();
  expect(nodes.map(({ name, concurrent }) => [name, concurrent.sessions]).sort()).toEqual([
    ['a', 4],
    ['b', 0],
  ]);
  expect(silent).toEqual([]);
});

test('one that stopped telling is silent, then forgotten; what is left grows no further', async () => {
  await board.publish(nodeReport({ name: 'hangs' }));
  await board.publish(nodeReport({ name: 'lives' }));
  await age('hangs', SILENT_AFTER_MS + 1);
  const look = await board.read();
  expect(look.nodes.map(({ name }) => name)).toEqual(['lives']);
  expect(look.silent).toMatchObject([{ name: 'hangs', reason: 'silent' }]);
  expect(look.silent[0]?.seconds).toBeGreaterThan(SILENT_AFTER_MS / 1000);

  await age('hangs', FORGOTTEN_AFTER_MS);
  await board.publish(nodeReport({ name: 'lives' }));
  expect((await board.read()).silent).toEqual([]);
  expect(await redis.hkeys('test:nodes')).toEqual(['lives']);
});

test('one that leaves is neither', async () => {
  await board.publish(nodeReport({ name: 'leaves' }));
  await board.remove('leaves');
  expect(await board.read()).toEqual({ nodes: [], silent: [] });
  expect(await redis.dbsize()).toBe(0);
});

test('a report of another version is told of, not trusted', async () => {
  await redis.hset('test:nodes', 'newer', '{"node":"newer"}');
  const [seconds] = await redis.time();
  await redis.zadd('test:nodes-seen', Number(seconds) * 1000, 'newer');
  expect((await board.read()).silent).toMatchObject([{ node: 'newer', reason: 'unreadable' }]);
});

test('[INV4] of too many nodes the newest are told of', async () => {
  for (let index = 0; index < MAX_NODES + 5; index += 1) {
    await board.publish(nodeReport({ name: `node-${index}` }));
  }
  await age('node-0', 100);
  const { nodes } = await board.read();
  expect(nodes).toHaveLength(MAX_NODES);
  expect(nodes.map(({ name }) => name)).not.toContain('node-0');
});

test('without Redis it says so', async () => {
  const away = own.connectNowhere();
  const lost = new NodeBoard(away);
  await expect(lost.read()).rejects.toMatchObject({ code: 'store_unavailable' });
});
