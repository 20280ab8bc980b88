import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AddressLimit } from './address-limit.ts';
import { type TrustsProxy, trustedProxies } from './client-address.ts';
import { limitConnections, limitServer, MAX_HEADER_BYTES, serverOptions } from './server-limits.ts';

let http: Server;
let clients: Socket[];
beforeEach(() => {
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await new Promise((resolve) => http.close(resolve));
});

async function serving(trusts: TrustsProxy) {
  const limits = { requestTimeoutMs: 3_000, maxConnections: 4 };
  http = createServer(serverOptions(limits), (_request, response) => response.end('here'));
  limitServer(http, limits);
  limitConnections(http, new AddressLimit({ maxConnections: 2 }), trusts);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
}

async function connected(): Promise<Socket> {
  const client = connect((http.address() as AddressInfo).port, '127.0.0.1');
  clients.push(client);
  client.on('error', () => {});
  await once(client, 'connect');
  return client;
}

/** Whether a connection is answered, or cut. */
async function isAnswered(client: Socket): Promise<boolean> {
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [first] = await Promise.race([once(client, 'data'), once(client, 'close')]);
  return first instanceof Buffer;
}

test('[INV4] connections of one address beyond its limit are cut; others that end make room', async () => {
  await serving(trustedProxies([]));
  const first = await connected();
  expect(await isAnswered(first)).toBe(true);
  expect(await isAnswered(await connected())).toBe(true);
  expect(await isAnswered(await connected())).toBe(false);
  first.destroy();
  await vi.waitUntil(async () => await isAnswered(await connected()));
});

test('[INV4] a trusted proxy speaks for many, but for no more than the server has places', async () => {
  await serving(trustedProxies(['loopback']));
  for (let count = 0; count < 4; count += 1) expect(await isAnswered(await connected())).toBe(true);
  expect(await isAnswered(await connected())).toBe(false);
});

test('times are those of the settings, and none is longer than ten seconds for headers', () => {
  http = createServer();
  expect(serverOptions({ requestTimeoutMs: 3_000, maxConnections: 1 })).toMatchObject({
    headersTimeout: 3_000,
    requestTimeout: 3_000,
    connectionsCheckingInterval: 2_000,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  expect(serverOptions({ requestTimeoutMs: 60_000, maxConnections: 1 })).toMatchObject({
    headersTimeout: 10_000,
    requestTimeout: 60_000,
  });
});
