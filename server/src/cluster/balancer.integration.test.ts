import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SOCKET_PATH } from '../../../shared/protocol.ts';
import { freePort } from '../store/private-redis.ts';
import { isAlive } from '../store/process-identity.ts';
import { projectRoot } from '../testing/speech-corpus.ts';
import { answers, Balancer } from './balancer.ts';
import { writeBalancerFiles } from './balancer-files.ts';

/** The project's nginx.conf, run by a real nginx in front of upstreams that tell what they are asked. */

const NGINX_CONF = join(projectRoot(), 'nginx.conf');
const SOCKET_URL = `${SOCKET_PATH}/?EIO=4&transport=websocket`;
const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
};

let folder = '';
const closers: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-nginx-'));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await rm(folder, { recursive: true, force: true });
});

type Manner = 'serves' | 'drains' | 'hangs';

/** A stand-in for a node: accepts handshakes and says back what it hears, or does not. */
async function upstream(name: string, manner: Manner = 'serves') {
  const asked: IncomingMessage[] = [];
  const sockets = new Set<Duplex>();
  const server = createServer((request, response) => {
    asked.push(request);
    response.setHeader('X-Node', name);
    request.resume().on('end', () => response.end(name));
  });
  server.on('upgrade', (request, socket) => {
    asked.push(request);
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    if (manner === 'hangs') return;
    if (manner === 'drains') {
      socket.end(
        'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
      );
      return;
    }
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Node: ${name}\r\n\r\n`,
    );
    socket.on('data', (bytes: Buffer) => socket.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await close(server);
  });
  return { asked, server, port: (server.address() as AddressInfo).port };
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function balance(nodePorts: readonly number[], port?: number) {
  const reports: string[] = [];
  const balancer = await Balancer.start({
    folder: join(folder, 'nginx'),
    template: NGINX_CONF,
    host: '127.0.0.1',
    port: port ?? (await freePort()),
    nodePorts,
    report: ({ name, event }) => reports.push(`${name} ${event}`),
  });
  closers.push(() => balancer.close());
  return { balancer, reports, url: balancer.url };
}

/** A WebSocket handshake; resolves with the status, who answered, and the open connection. */
function handshake(url: string, headers: Record<string, string> = {}) {
  return new Promise<{
    status: number | undefined;
    node: unknown;
    say: (text: string) => Promise<string>;
  }>((resolve, reject) => {
    const sent = httpRequest(url + SOCKET_URL, { headers: { ...UPGRADE, ...headers } });
    sent.on('upgrade', (response, socket) => {
      closers.push(() => void socket.destroy());
      socket.on('error', () => socket.destroy());
      const say = (text: string) =>
        new Promise<string>((heard) => {
          socket.once('data', (bytes: Buffer) => heard(bytes.toString()));
          socket.write(text);
        });
      resolve({ status: response.statusCode, node: response.headers['x-node'], say });
    });
    sent.on('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode, node: null, say: () => Promise.resolve('') });
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('a WebSocket goes through, byte for byte, and the node learns the real address of its client', async () => {
  const node = await upstream('one');
  const { url } = await balance([node.port]);
  const { status, say } = await handshake(url, {
    Host: 'captions.example.org',
    'X-Forwarded-For': '203.0.113.9, 198.51.100.7',
    'X-Forwarded-Proto': 'https',
    'X-Request-Id': 'what-somebody-claims',
  });
  expect(status).toBe(101);
  expect(await say('hello')).toBe('hello');
  expect(await say('again')).toBe('again');
  // What the client claims of itself is gone.
  expect(node.asked[0]?.headers).toMatchObject({
    host: 'captions.example.org',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-request-id': expect.stringMatching(/^[0-9a-f]{32}$/),
    upgrade: 'websocket',
  });
});

test('connections go where fewest are', async () => {
  const nodes = [await upstream('one'), await upstream('two'), await upstream('three')];
  const { url } = await balance(nodes.map(({ port }) => port));
  for (let at = 0; at < 9; at += 1) await handshake(url);
  expect(nodes.map(({ asked }) => asked.length)).toEqual([3, 3, 3]);
});

test('a node that drains is passed over with the very same handshake, and not asked again', async () => {
  const draining = await upstream('draining', 'drains');
  const serving = await upstream('serving');
  const { url } = await balance([draining.port, serving.port]);
  for (let at = 0; at < 6; at += 1) {
    expect(await handshake(url)).toMatchObject({ status: 101, node: 'serving' });
  }
  expect(draining.asked.length).toBe(1);
});

test('a node whose process is gone is passed over', async () => {
  const gone = await upstream('gone');
  const serving = await upstream('serving');
  const { url } = await balance([gone.port, serving.port]);
  await close(gone.server);
  for (let at = 0; at < 4; at += 1) {
    expect(await handshake(url)).toMatchObject({ status: 101, node: 'serving' });
    expect(await (await fetch(url)).text()).toBe('serving');
  }
});

test('a node that hangs keeps a handshake for less than a client waits, and gets no other', async () => {
  const hanging = await upstream('hanging', 'hangs');
  const serving = await upstream('serving');
  const { url } = await balance([hanging.port, serving.port]);
  const all = await Promise.all(Array.from({ length: 4 }, () => handshake(url)));
  expect(all.map(({ node }) => node)).toEqual(Array(4).fill('serving'));
  const stuck = hanging.asked.length;
  for (let at = 0; at < 4; at += 1) await handshake(url);
  expect(hanging.asked.length).toBe(stuck);
});

test('what may have had an effect is not repeated', async () => {
  const breaking = createServer((request) => request.socket.destroy());
  await new Promise<void>((resolve) => breaking.listen(0, '127.0.0.1', resolve));
  closers.push(() => close(breaking));
  const serving = await upstream('serving');
  const { url } = await balance([(breaking.address() as AddressInfo).port, serving.port]);
  const statuses = [];
  for (let at = 0; at < 2; at += 1) {
    statuses.push((await fetch(url, { method: 'POST', body: 'x' })).status);
  }
  expect(statuses.sort()).toEqual([200, 502]);
});

test('[INV4] what is too large is refused before a node sees it', async () => {
  const node = await upstream('one');
  const { url } = await balance([node.port]);
  const body = 'x'.repeat(64 * 1024 + 1);
  expect((await fetch(url, { method: 'POST', body })).status).toBe(413);
  expect((await fetch(url, { headers: { 'X-Long': 'x'.repeat(40_000) } })).status).toBe(400);
  expect(node.asked).toEqual([]);
});

test('figures of one node are not shown to the world; nginx tells whether it lives itself', async () => {
  const node = await upstream('one');
  const { url } = await balance([node.port]);
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
  expect((await fetch(`${url}/metrics.json`)).status).toBe(404);
  expect((await fetch(`${url}/balancer`)).status).toBe(204);
  expect(node.asked).toEqual([]);
});

test('a reload keeps connections; an nginx that dies is started again', async () => {
  const node = await upstream('one');
  const { balancer, reports, url } = await balance([node.port]);
  const { say } = await handshake(url);
  balancer.reload();
  expect(await say('still here')).toBe('still here');
  const first = balancer.pid;
  if (first === null) throw new Error('Expected a running nginx, got none.');
  process.kill(first, 'SIGKILL');
  await expect
    .poll(() => reports, { timeout: 10_000 })
    .toEqual(['nginx ready', 'nginx died', 'nginx ready']);
  expect(balancer.pid).not.toBe(first);
  expect(await handshake(url)).toMatchObject({ status: 101 });
});

test('an nginx that a killed cluster left behind is ended first', async () => {
  const node = await upstream('one');
  const port = await freePort();
  const place = join(folder, 'nginx');
  await writeBalancerFiles(place, NGINX_CONF, { host: '127.0.0.1', port, nodePorts: [node.port] });
  const args = ['-e', 'stderr', '-p', place, '-c', join(place, 'nginx.conf')];
  const { pid = 0 } = spawn('nginx', args, { cwd: place, detached: true, stdio: 'ignore' });
  await expect.poll(() => answers(`http://127.0.0.1:${port}/balancer`)).toBe(true);
  const { url } = await balance([node.port], port);
  expect(await handshake(url)).toMatchObject({ status: 101 });
  expect(await isAlive(pid)).toBe(false);
});

test('a taken port and a missing program are named', async () => {
  const node = await upstream('one');
  await expect(balance([node.port], node.port)).rejects.toMatchObject({ code: 'port_in_use' });
  const missing = Balancer.start({
    folder: join(folder, 'nginx'),
    template: NGINX_CONF,
    host: '127.0.0.1',
    port: await freePort(),
    nodePorts: [node.port],
    binary: '/no/nginx',
    report: () => undefined,
  });
  await expect(missing).rejects.toMatchObject({
    code: 'program_missing',
    message: expect.stringContaining('apt-get install nginx'),
  });
});

test('closing ends nginx and frees its port', async () => {
  const node = await upstream('one');
  const port = await freePort();
  const { balancer } = await balance([node.port], port);
  await balancer.close();
  await balancer.close();
  expect(balancer.pid).toBeNull();
  const refused = new Promise((resolve) => {
    connect(port, '127.0.0.1').on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  expect(await refused).toBe('ECONNREFUSED');
});
