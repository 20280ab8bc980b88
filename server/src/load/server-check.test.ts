import { expect, test, vi } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import type { askServer } from './ask-server.ts';
import { checkServer, isLoopback } from './server-check.ts';

const HERE = 'http://127.0.0.1:8080';
const ELSEWHERE = 'https://captions.example.org';

/** A server that answers so. */
const answering = (body: object | string, status = 200) =>
  vi.fn<typeof askServer>(() =>
    Promise.resolve({ status, body: typeof body === 'string' ? body : JSON.stringify(body) }),
  );
const parlance = (keyRequired: boolean) =>
  answering({ name: 'parlance', version: '1.0.0', keyRequired, spoken: [] });

const server = (url: string, key?: string, permitted = false) => ({ url, key, permitted, tls: {} });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'allowed',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

test('on this machine anybody may; elsewhere with a key that the server asks for, or permission', async () => {
  expect(await codeOf(checkServer(server(HERE), parlance(false)))).toBe('allowed');
  expect(await codeOf(checkServer(server(ELSEWHERE, 'k'), parlance(true)))).toBe('allowed');
  expect(await codeOf(checkServer(server(ELSEWHERE, 'k'), parlance(false)))).toBe('unauthorized');
  expect(await codeOf(checkServer(server(ELSEWHERE, undefined, true), parlance(false)))).toBe(
    'allowed',
  );
});

test('without a key or permission nothing is sent to a server elsewhere', async () => {
  const ask = parlance(true);
  expect(await codeOf(checkServer(server(ELSEWHERE), ask))).toBe('unauthorized');
  expect(ask).not.toHaveBeenCalled();
});

test.each([
  ['another service', answering({ name: 'shop', version: '1', keyRequired: true })],
  ['a page', answering('<html>')],
  ['an error', answering({ name: 'parlance', version: '1', keyRequired: true }, 500)],
])('%s is asked once and never loaded', async (_what, ask) => {
  expect(await codeOf(checkServer(server(ELSEWHERE, 'k', true), ask))).toBe('server_unreachable');
  expect(ask).toHaveBeenCalledTimes(1);
});

test.each([
  ['localhost', true],
  ['a.localhost', true],
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['[::1]', true],
  ['0.0.0.0', false],
  ['128.0.0.1', false],
  ['10.0.0.1', false],
  ['[::]', false],
  ['127.0.0.1.example.org', false],
  ['localhost.example.org', false],
])('%s is on this machine: %s', (hostname, expected) => {
  expect(isLoopback(hostname)).toBe(expected);
});
