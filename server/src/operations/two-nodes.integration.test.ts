import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterStatusSchema, nodesSchema } from '../../../shared/http-answers.ts';
import { type PrivateRedis, startPrivateRedis } from '../store/private-redis.ts';
import {
  granted,
  type ScriptedApplication,
  startScriptedApplication,
} from '../testing/scripted-application.ts';

/** Reports come every two seconds. */
const POLL = { timeout: 20_000, interval: 100 };

let folder: string;
let redis: PrivateRedis;
let one: ScriptedApplication;
let other: ScriptedApplication;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-nodes-'));
  redis = await startPrivateRedis({ dataFolder: folder });
  const REDIS_URL = `unix://${redis.options.path}`;
  [one, other] = await Promise.all([
    startScriptedApplication({ REDIS_URL, MAX_LIVE_SESSIONS: 2 }),
    startScriptedApplication({ REDIS_URL, MAX_LIVE_SESSIONS: 3 }),
  ]);
});
afterAll(async () => {
  await one.close();
  await redis.close();
  await rm(folder, { recursive: true });
});

const nodesSeenBy = async (node: ScriptedApplication) =>
  nodesSchema.parse(await (await fetch(`${node.application.url}/api/v1/nodes`)).json());

test('each node tells of both, of the other as it told it itself', async () => {
  const viewer = other.viewer();
  granted(await viewer.emitWithAck('room:join', { room: 'garden', language: 'en' }));
  const seen = async () => {
    const { nodes } = await nodesSeenBy(one);
    return nodes.map(({ concurrent }) => [concurrent.slots.conversion.total, concurrent.viewers]);
  };
  await expect
    .poll(async () => (await seen()).sort(), POLL)
    .toEqual([
      [2, 0],
      [3, 1],
    ]);
  const answer = await fetch(`${other.application.url}/status?cluster=1`);
  const status = clusterStatusSchema.parse(await answer.json());
  expect(status.nodes).toHaveLength(2);
  expect(status.current_connections).toBe(1);
  expect(status.complete).toBe(true);
});

test('a node that leaves is not taken for one that hangs', async () => {
  await other.close();
  const { nodes, silent_nodes: silent } = await nodesSeenBy(one);
  expect(nodes).toHaveLength(1);
  expect(silent).toEqual([]);
});

test('while Redis is away, a node tells of itself and why', async () => {
  await redis.close();
  await expect.poll(async () => (await nodesSeenBy(one)).problem, POLL).toContain('Redis');
  const { nodes, complete } = await nodesSeenBy(one);
  expect(nodes.map(({ problems }) => problems)).toEqual([['Redis does not answer']]);
  expect(nodes[0]?.performance.redis.reachable).toBe(false);
  expect(complete).toBe(false);
});
