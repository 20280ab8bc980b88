import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdapter } from '@socket.io/redis-adapter';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../private-redis.ts';
import {
  type AdapterConnections,
  createAdapterConnections,
  MAX_UNANSWERED_PUBLISHES,
} from './adapter-connections.ts';

const WAIT = { timeout: 30_000, interval: 10 };

interface Node {
  readonly io: Server;
  readonly connections: AdapterConnections;
  readonly url: string;
  close(): Promise<void>;
}

let folder: string;
let server: PrivateRedis;
let nodes: Node[];
let clients: Socket[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-adapter-'));
  server = await startPrivateRedis({ dataFolder: folder });
  nodes = [];
  clients = [];
});

afterEach(async () => {
  for (const client of clients) client.disconnect();
  await Promise.all(nodes.map((node) => node.close()));
  await server.close();
  await rm(folder, { recursive: true });
});

async function startNode(): Promise<Node> {
  const connections = await createAdapterConnections(server.options);
  const http = createServer();
  const io = new Server(http, {
    transports: ['websocket'],
    adapter: createAdapter(connections.publisher, connections.subscriber),
  });
  io.of('/watch');
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const node = {
    io,
    connections,
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/watch`,
    async close() {
      await io.close();
      await connections.close();
    },
  };
  nodes.push(node);
  return node;
}

async function watch(node: Node): Promise<string[]> {
  const client = io(node.url, { transports: ['websocket'], forceNew: true });
  clients.push(client);
  const seen: string[] = [];
  client.on('partial', (text: string) => seen.push(text));
  await once(client as unknown as NodeJS.EventEmitter, 'connect');
  return seen;
}

function send(node: Node, text: string): void {
  node.io.of('/watch').emit('partial', text);
}

/** Sends until it arrives: how long a subscription takes to come back is Redis's affair. */
async function sendUntilSeen(node: Node, seen: readonly string[], text: string): Promise<void> {
  await vi.waitUntil(() => {
    if (!seen.includes(text)) send(node, text);
    return seen.includes(text);
  }, WAIT);
}

test('what one node sends reaches the clients of another, and they are counted', async () => {
  const [one, two] = await Promise.all([startNode(), startNode()]);
  const seen = await watch(two);
  await sendUntilSeen(one, seen, 'hello');
  expect(await one.io.of('/watch').fetchSockets()).toHaveLength(1);
  expect(one.connections.publisher.dropped).toBe(0);
});

test('[INV4] while Redis is away messages are dropped, and come in no burst afterwards', async () => {
  const [one, two] = await Promise.all([startNode(), startNode()]);
  const near = await watch(one);
  const far = await watch(two);
  await sendUntilSeen(one, far, 'before');
  await server.close();
  const { publisher } = one.connections;
  const droppedBefore = publisher.dropped;
  await vi.waitUntil(async () => {
    send(one, 'probe');
    return publisher.dropped > droppedBefore;
  }, WAIT);
  for (let index = 0; index < 1_200; index += 1) send(one, `stale ${index}`);
  await vi.waitUntil(() => near.includes('stale 1199'), WAIT);
  expect(publisher.dropped).toBeGreaterThanOrEqual(1_200);
  server = await startPrivateRedis({ dataFolder: folder });
  await sendUntilSeen(one, far, 'after');
  expect(far.filter((text) => text.startsWith('stale'))).toEqual([]);
});

test('[INV4] while Redis hangs only so many messages are under way', async () => {
  const [one, two] = await Promise.all([startNode(), startNode()]);
  const far = await watch(two);
  await sendUntilSeen(one, far, 'before');
  process.kill(server.pid ?? 0, 'SIGSTOP');
  for (let index = 0; index < 1_000; index += 1) send(one, `stale ${index}`);
  expect(one.connections.publisher.dropped).toBe(1_000 - MAX_UNANSWERED_PUBLISHES);
  process.kill(server.pid ?? 0, 'SIGCONT');
  await sendUntilSeen(one, far, 'after');
  expect(far.filter((text) => text.startsWith('stale')).length).toBeLessThanOrEqual(
    MAX_UNANSWERED_PUBLISHES,
  );
});

test('a node closes, and publishes, while Redis is away without a rejection', async () => {
  const node = await startNode();
  await watch(node);
  await server.close();
  send(node, 'nobody hears');
  await expect(node.io.of('/watch').fetchSockets()).rejects.toThrow();
  await node.close();
  nodes = [];
});
