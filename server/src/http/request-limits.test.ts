import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { json, type Response } from 'express';
import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { ServerMetrics } from '../metrics/server-metrics.ts';
import { allowOrigins } from './cors.ts';
import { answerErrors, nothingHere } from './http-errors.ts';
import { RequestLimit } from './request-limits.ts';

const HOUR_MS = 3_600_000;
let http: Server | null = null;
afterEach(async () => {
  http?.closeAllConnections();
  await new Promise((resolve) => (http === null ? resolve(null) : http.close(resolve)));
  http = null;
});

/** A server whose `/wait` answers when it is told to. */
async function serving(options: { max?: number; timeoutMs?: number; origins?: string[] } = {}) {
  const { max = 2, timeoutMs = HOUR_MS, origins = [] } = options;
  const trusts = () => true;
  const limit = new RequestLimit({ max, maxOfOneAddress: 2, trusts, timeoutMs });
  const waiting: Response[] = [];
  const metrics = new ServerMetrics(() => {
    throw new Error('Expected events only.');
  });
  const app = express();
  app.use(allowOrigins(origins));
  app.get('/health', (_request, response) => void response.json({}));
  app.use(limit.handler);
  app.get('/wait', (_request, response) => void waiting.push(response));
  app.post('/body', json({ limit: 100, inflate: false }), (_request, response) => {
    response.json({});
  });
  app.get('/rooms/:room', (_request, response) => void response.json({}));
  app.use(nothingHere);
  app.use(answerErrors({ log: pino({ level: 'silent' }), metrics }));
  http = createServer(app).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return { url, limit, waiting };
}

const errorOf = async (answer: globalThis.Response) =>
  ((await answer.json()) as { error: { code: string; message: string } }).error;

test('[INV4] requests beyond the limit get 503 and when to come back; health is still told', async () => {
  const { url, limit, waiting } = await serving();
  const held = [fetch(`${url}/wait`), fetch(`${url}/wait`)];
  await vi.waitUntil(() => waiting.length === 2);
  const refused = await fetch(`${url}/wait`);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect((await errorOf(refused)).code).toBe('server_full');
  expect((await fetch(`${url}/health`)).status).toBe(200);
  for (const response of waiting) response.json({});
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
  await vi.waitUntil(() => limit.underWay === 0);
  expect((await fetch(`${url}/rooms/one`)).status).toBe(200);
});

test('[INV4] one address has its share of them, also where a proxy brings all of them', async () => {
  const { url, limit, waiting } = await serving({ max: 3 });
  const from = (address: string) =>
    fetch(`${url}/wait`, { headers: { 'X-Forwarded-For': address } });
  const held = [from('192.0.2.1'), from('192.0.2.1')];
  await vi.waitUntil(() => waiting.length === 2);
  const refused = await from('192.0.2.1');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect((await errorOf(refused)).message).toContain('2 requests under way from one address');
  held.push(from('192.0.2.2'));
  await vi.waitUntil(() => waiting.length === 3);
  for (const response of waiting.splice(0)) response.json({});
  await Promise.all(held);
  await vi.waitUntil(() => limit.underWay === 0);
  held.push(from('192.0.2.1'));
  await vi.waitUntil(() => waiting.length === 1);
  waiting[0]?.json({});
  expect((await held[3])?.status).toBe(200);
});

test('a request that its client gives up gives its place back', async () => {
  const { url, limit, waiting } = await serving();
  const request = httpRequest(`${url}/wait`).end();
  const gone = once(request, 'error');
  await vi.waitUntil(() => waiting.length === 1);
  request.destroy(new Error('gone'));
  await gone;
  await vi.waitUntil(() => limit.underWay === 0);
});

test('[INV4] a request that nobody answers ends by name, and a late answer harms nothing', async () => {
  const { url, limit, waiting } = await serving({ timeoutMs: 20 });
  const late = await fetch(`${url}/wait`);
  expect(late.status).toBe(503);
  expect((await errorOf(late)).code).toBe('request_timeout');
  expect(() => waiting[0]?.json({})).toThrow();
  await vi.waitUntil(() => limit.underWay === 0);
  expect((await fetch(`${url}/rooms/one`)).status).toBe(200);
});

test.each([
  ['a body that is too large', { body: JSON.stringify({ room: 'x'.repeat(200) }) }, 413],
  ['a compressed body', { body: 'secret', headers: { 'Content-Encoding': 'gzip' } }, 415],
  ['a body that is no JSON', { body: '{"secret":' }, 400],
] as [string, { body: string; headers?: Record<string, string> }, number][])(
  '%s is refused by name, and not repeated',
  async (_name, { body, headers = {} }, status) => {
    const { url } = await serving();
    const type = { 'Content-Type': 'application/json', ...headers };
    const answer = await fetch(`${url}/body`, { method: 'POST', headers: type, body });
    expect(answer.status).toBe(status);
    const error = await errorOf(answer);
    expect(error.code).toBe('invalid_message');
    expect(error.message).not.toMatch(/secret|xxx/);
  },
);

test('an address that can not be read is the client’s fault', async () => {
  const { url } = await serving();
  const answer = await fetch(`${url}/rooms/%E0%A4%A`);
  expect(answer.status).toBe(400);
  expect((await errorOf(answer)).code).toBe('invalid_message');
});

const asked = (url: string, origin: string, method = 'GET') =>
  fetch(`${url}/health`, {
    method,
    headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
  });
const allowedOrigin = (answer: globalThis.Response) =>
  answer.headers.get('access-control-allow-origin');

test('pages of other origins may read what the settings allow, and by default nothing', async () => {
  const { url } = await serving({ origins: ['https://blog.example'] });
  expect(allowedOrigin(await asked(url, 'https://blog.example'))).toBe('https://blog.example');
  expect(allowedOrigin(await asked(url, 'https://evil.example'))).toBeNull();
  const preflight = await asked(url, 'https://blog.example', 'OPTIONS');
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-headers')).toContain('X-API-Key');
  expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
});

test('without allowed origins a preflight allows none', async () => {
  const { url } = await serving();
  expect(allowedOrigin(await asked(url, 'https://blog.example'))).toBeNull();
  expect(allowedOrigin(await asked(url, 'https://blog.example', 'OPTIONS'))).toBeNull();
});
