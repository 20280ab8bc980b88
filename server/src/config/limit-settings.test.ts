import { totalmem } from 'node:os';
import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';

test('nothing configured has a limit for everything, and nobody else is trusted', () => {
  expect(readSettings({})).toMatchObject({
    MAX_CONCURRENT_CONNECTIONS: 2_500,
    MAX_CONNECTIONS_PER_ADDRESS: 2_000,
    MAX_CONCURRENT_REQUESTS: 1_000,
    RATE_LIMIT_PER_MINUTE: 100,
    RATE_LIMIT_PER_ADDRESS: 6_000,
    REQUEST_TIMEOUT: 30,
    STREAM_TIMEOUT: 5,
    STREAM_BUFFER_SIZE: 100,
    ALLOWED_ORIGINS: [],
    TRUST_PROXY: [],
  });
  const { MEMORY_LIMIT_MB } = readSettings({});
  expect(MEMORY_LIMIT_MB).toBeGreaterThanOrEqual(512);
  expect(MEMORY_LIMIT_MB).toBeLessThanOrEqual(Math.max(512, totalmem() / 2 ** 20));
});

test('lists may have blanks', () => {
  const { ALLOWED_ORIGINS, TRUST_PROXY } = readSettings({
    ALLOWED_ORIGINS: 'https://a.example, http://b.example:8080',
    TRUST_PROXY: 'loopback, 10.0.0.0/8 ,2001:db8::1',
  });
  expect(ALLOWED_ORIGINS).toEqual(['https://a.example', 'http://b.example:8080']);
  expect(TRUST_PROXY).toEqual(['loopback', '10.0.0.0/8', '2001:db8::1']);
});

test.each([
  ['ALLOWED_ORIGINS', 'https://a.example/'],
  ['ALLOWED_ORIGINS', 'a.example'],
  ['ALLOWED_ORIGINS', 'ftp://a.example'],
  ['ALLOWED_ORIGINS', 'https://a.example,'],
  ['TRUST_PROXY', 'true'],
  ['TRUST_PROXY', '10.0.0.0/64'],
  ['TRUST_PROXY', 'proxy.example'],
  ['MAX_CONCURRENT_CONNECTIONS', '0'],
  ['RATE_LIMIT_PER_MINUTE', 'many'],
  ['MEMORY_LIMIT_MB', '10'],
  ['STREAM_TIMEOUT', '0'],
])('%s=%s is refused by name', (name, value) => {
  expect(() => readSettings({ [name]: value })).toThrow(name);
});
