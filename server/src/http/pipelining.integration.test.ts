import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import {
  type ScriptedApplication,
  startScriptedApplication,
} from '../testing/scripted-application.ts';
import { MAX_WAITING_REQUESTS } from './one-by-one.ts';

const ASSET = 'large-0123.js';
/** More than sockets hold, so that an answer that nobody reads stays under way. */
const ASSET_BYTES = 16 * 2 ** 20;
const MAX_REQUESTS = 8;

let node: ScriptedApplication;
let pageFolder: string;
const sockets: Socket[] = [];

beforeAll(async () => {
  pageFolder = await mkdtemp(join(tmpdir(), 'parlance-page-'));
  await mkdir(join(pageFolder, 'assets'));
  await writeFile(join(pageFolder, 'index.html'), '<!doctype html><title>Parlance</title>');
  await writeFile(join(pageFolder, 'assets', ASSET), Buffer.alloc(ASSET_BYTES, 'x'));
  const settings = { MAX_CONCURRENT_REQUESTS: MAX_REQUESTS };
  node = await startScriptedApplication(settings, {}, undefined, { pageFolder });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  await node.close();
  await rm(pageFolder, { recursive: true });
});

/** A connection that asks so often at once, and reads nothing. */
async function pipeline(count: number, path = `/assets/${ASSET}`): Promise<Socket> {
  const socket = connect({ port: node.application.port, host: '127.0.0.1' });
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(count));
  return socket;
}

/** How often the asset is open in this process. */
async function openAssets(): Promise<number> {
  const files = await readdir('/proc/self/fd');
  const targets = await Promise.all(
    files.map((file) => readlink(`/proc/self/fd/${file}`).catch(() => '')),
  );
  return targets.filter((target) => target.endsWith(ASSET)).length;
}

const statusOf = async (path: string) => (await fetch(node.application.url + path)).status;

test('[INV4] one connection has one request under way, however many it sends', async () => {
  await pipeline(MAX_WAITING_REQUESTS);
  await vi.waitUntil(async () => (await openAssets()) === 1);
  expect(await statusOf('/api/v1/info')).toBe(200);
  expect(await openAssets()).toBe(1);
});

test('[INV4] requests of a connection that is gone hold neither a place nor a file', async () => {
  for (let round = 0; round < 3; round += 1) {
    const socket = await pipeline(MAX_WAITING_REQUESTS);
    await vi.waitUntil(async () => (await openAssets()) > 0);
    socket.destroy();
    await vi.waitUntil(async () => (await openAssets()) === 0);
  }
  expect(await statusOf('/api/v1/info')).toBe(200);
});

test('[INV4] a connection that sends ever more while it waits is cut', async () => {
  const socket = await pipeline(2 * MAX_WAITING_REQUESTS);
  socket.resume();
  await once(socket, 'close');
  expect(await statusOf('/api/v1/info')).toBe(200);
});

test('whoever sends several at once is answered one by one, in order', async () => {
  const socket = await pipeline(3, '/health');
  let answers = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    answers += text;
  });
  socket.write('GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await once(socket, 'close');
  const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  expect(statuses).toEqual(['200', '200', '200', '404']);
});

test('[INV4] connections of one address leave places for others', async () => {
  for (let count = 0; count < MAX_REQUESTS / 2; count += 1) await pipeline(1);
  await vi.waitUntil(async () => (await openAssets()) === MAX_REQUESTS / 2);
  const answer = await fetch(`${node.application.url}/api/v1/info`);
  expect(answer.status).toBe(429);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(await answer.json()).toMatchObject({ error: { code: 'rate_limited' } });
  const other = connect({
    ...{ port: node.application.port, host: '127.0.0.1' },
    localAddress: '127.0.0.2',
  });
  sockets.push(other);
  other.write('GET /api/v1/info HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const [first] = (await once(other.setEncoding('utf8'), 'data')) as [string];
  expect(first).toMatch(/^HTTP\/1\.1 200/);
});
