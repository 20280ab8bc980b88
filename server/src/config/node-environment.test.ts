import { expect, test } from 'vitest';
import { nodeEnvironment } from './node-environment.ts';
import { readSettings } from './settings.ts';

const settings = {
  ...readSettings({}),
  MAX_LIVE_SESSIONS: 100,
  AUDIO_CONVERTER_WORKERS: 4,
  TRANSLATION_WORKERS: 2,
  TRANSLATION_MEMORY_MB: 3_000,
  MEMORY_LIMIT_MB: 6_000,
};
const place = { nodes: 3, redisUrl: 'unix:/run/redis.sock', dataFolder: '/data/node-1' };

test('what the machine has is divided, for speakers as if one node were away', () => {
  expect(nodeEnvironment(settings, place, {})).toMatchObject({
    MAX_LIVE_SESSIONS: '50',
    AUDIO_CONVERTER_WORKERS: '2',
    TRANSLATION_WORKERS: '1',
    TRANSLATION_MEMORY_MB: '1000',
    MEMORY_LIMIT_MB: '2000',
    TRUST_PROXY: 'loopback',
    REDIS_URL: 'unix:/run/redis.sock',
    DATA_DIR: '/data/node-1',
  });
  expect(nodeEnvironment(settings, { ...place, nodes: 1 }, {})).toMatchObject({
    MAX_LIVE_SESSIONS: '100',
  });
});

test('what the operator has decided stays; TLS is for the balancer', () => {
  const env = { MAX_LIVE_SESSIONS: '7', TLS_CERT: '/c', TLS_KEY: '/k', LOG_LEVEL: 'warn' };
  expect(nodeEnvironment(settings, place, env)).toMatchObject({
    MAX_LIVE_SESSIONS: '7',
    TLS_CERT: '',
    TLS_KEY: '',
    LOG_LEVEL: 'warn',
  });
});

test('a node believes its balancer, whatever proxy stands before that', () => {
  const env = { TRUST_PROXY: '10.0.0.0/8', MEMORY_LIMIT_MB: '1500' };
  expect(nodeEnvironment(settings, place, env)).toMatchObject({
    TRUST_PROXY: 'loopback',
    MEMORY_LIMIT_MB: '1500',
  });
});

test('a node knows whether others reach its balancer', () => {
  const given = (changes: object) =>
    nodeEnvironment({ ...settings, ...changes }, place, { BALANCER_HOST: '127.0.0.1' });
  expect(given({})).toMatchObject({ BALANCER_HOST: '127.0.0.1' });
  expect(given({ HOST: '0.0.0.0' })).toMatchObject({ BALANCER_HOST: '0.0.0.0' });
  expect(given({ TRUST_PROXY: ['loopback'] })).toMatchObject({ BALANCER_HOST: '' });
});

test('a node can read what it is given', () => {
  const read = readSettings(nodeEnvironment(settings, place, {}));
  expect(read).toMatchObject({ REDIS_URL: place.redisUrl, MAX_LIVE_SESSIONS: 50 });
});
