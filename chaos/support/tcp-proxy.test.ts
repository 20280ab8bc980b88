import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Upstream } from './proxied-link.ts';
import { TcpProxy } from './tcp-proxy.ts';

const cleanUps: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Echo extends Upstream {
  readonly server: Server;
  readonly sockets: Socket[];
}

/** Answers each piece with its own name in front. */
async function echo(name: string): Promise<Echo> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => socket.write(`${name}:${bytes}`));
    socket.on('end', () => socket.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { server, sockets, host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

async function proxyTo(...upstreams: Upstream[]): Promise<TcpProxy> {
  const proxy = await TcpProxy.listen(upstreams);
  cleanUps.push(() => proxy.close());
  return proxy;
}

function dial(proxy: TcpProxy): Socket {
  const { port, hostname } = new URL(proxy.url);
  const socket = connect({ port: Number(port), host: hostname });
  socket.setEncoding('utf8').on('error', () => undefined);
  cleanUps.push(() => void socket.destroy());
  return socket;
}

async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [answer] = await once(socket, 'data');
  return String(answer);
}

/** How a connection ends. */
function gone(socket: Socket | undefined): Promise<'reset' | 'closed'> {
  return new Promise((resolve) => {
    socket?.once('close', (failed) => resolve(failed ? 'reset' : 'closed'));
  });
}

test('connections go to the upstreams in turn, and past one that is not there', async () => {
  const [a, b, absent] = await Promise.all([echo('a'), echo('b'), echo('absent')]);
  absent.server.close();
  const proxy = await proxyTo(a, absent, b);
  expect(await ask(dial(proxy), 'x')).toBe('a:x');
  expect(await ask(dial(proxy), 'x')).toBe('b:x');
  proxy.prefer(b);
  expect(await ask(dial(proxy), 'x')).toBe('b:x');
  expect(proxy.leadsTo.map(({ port }) => port)).toEqual([a.port, b.port, b.port]);
  expect(proxy.carried).toBe(3);
});

test('nobody there: the connection is reset', async () => {
  const absent = await echo('absent');
  absent.server.close();
  const socket = dial(await proxyTo(absent));
  expect(await gone(socket)).toBe('reset');
});

test('a cut is seen on both sides, an abandoned one by the client alone', async () => {
  const server = await echo('a');
  const proxy = await proxyTo(server);
  const cut = dial(proxy);
  await ask(cut, 'x');
  const seen = Promise.all([gone(cut), gone(server.sockets[0])]);
  proxy.cut();
  expect(await seen).toEqual(['reset', 'reset']);

  const left = dial(proxy);
  await ask(left, 'x');
  const closed = gone(left);
  proxy.abandon();
  expect(await closed).toBe('reset');
  const other = dial(proxy);
  await ask(other, 'y');
  expect(server.sockets[1]?.destroyed).toBe(false);
  expect(proxy.leadsTo).toHaveLength(1);
});

test('what is stalled comes later, what is swallowed never', async () => {
  const proxy = await proxyTo(await echo('a'));
  const socket = dial(proxy);
  await ask(socket, 'x');
  proxy.stall();
  const late = ask(socket, 'late');
  const during = dial(proxy);
  const duringToo = ask(during, 'during');
  const pending = Symbol('pending');
  const first = await Promise.race([late, duringToo, nextTurns().then(() => pending)]);
  expect(first).toBe(pending);
  proxy.resume();
  expect(await late).toBe('a:late');
  expect(await duringToo).toBe('a:during');

  proxy.swallow('toClient');
  socket.write('lost');
  proxy.swallow('toServer');
  const fresh = dial(proxy);
  expect(await ask(fresh, 'fresh')).toBe('a:fresh');
  expect(socket.destroyed).toBe(false);
  expect(socket.bytesRead).toBe('a:x'.length + 'a:late'.length);
});

/** Long enough for a local connection to answer several times over. */
async function nextTurns(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
