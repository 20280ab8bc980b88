import { expect, test } from 'vitest';
import { checkReach, isLoopback, opensWithoutKeys, staysOnThisMachine } from './reach.ts';

const KEY = 'k'.repeat(32);

test('what only this machine reaches', () => {
  for (const host of [
    '127.0.0.1',
    '127.8.9.1',
    'localhost',
    'LOCALHOST',
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
  ]) {
    expect(isLoopback(host), host).toBe(true);
  }
  for (const host of [
    '0.0.0.0',
    '::',
    '192.168.1.2',
    '127.0.0.1.example.org',
    'localhost.example.org',
    '',
    '128.0.0.1',
  ]) {
    expect(isLoopback(host), host).toBe(false);
  }
});

test('a server stays on this machine unless its address, a proxy, or its balancer leads further', () => {
  const node = { HOST: '127.0.0.1', TRUST_PROXY: [], BALANCER_HOST: undefined };
  expect(staysOnThisMachine(node)).toBe(true);
  expect(staysOnThisMachine({ ...node, HOST: '0.0.0.0' })).toBe(false);
  expect(staysOnThisMachine({ ...node, TRUST_PROXY: ['loopback'] })).toBe(false);
  const member = { ...node, TRUST_PROXY: ['loopback'] };
  expect(staysOnThisMachine({ ...member, BALANCER_HOST: '127.0.0.1' })).toBe(true);
  expect(staysOnThisMachine({ ...member, BALANCER_HOST: '0.0.0.0' })).toBe(false);
});

test('a server is open without keys on loopback, or where it says so in words', () => {
  const loopback = { HOST: '127.0.0.1', ACCESS_KEY: undefined };
  const outside = { HOST: '0.0.0.0', ACCESS_KEY: undefined };
  expect(opensWithoutKeys({ ...loopback, OPEN_TO_EVERYBODY: undefined })).toBe(true);
  expect(opensWithoutKeys({ ...loopback, OPEN_TO_EVERYBODY: 'no' })).toBe(false);
  expect(opensWithoutKeys({ ...outside, OPEN_TO_EVERYBODY: undefined })).toBe(false);
  expect(opensWithoutKeys({ ...outside, OPEN_TO_EVERYBODY: 'yes' })).toBe(true);
});

test('one that others reach starts with a key, or where it says so in words', () => {
  const settings = { HOST: '0.0.0.0', ACCESS_KEY: undefined, OPEN_TO_EVERYBODY: undefined };
  const refusal = expect.objectContaining({ code: 'keys_required' });
  expect(() => checkReach(settings, false)).toThrow(refusal);
  expect(() => checkReach({ ...settings, OPEN_TO_EVERYBODY: 'no' }, false)).toThrow(refusal);
  checkReach(settings, true);
  checkReach({ ...settings, ACCESS_KEY: KEY }, false);
  checkReach({ ...settings, OPEN_TO_EVERYBODY: 'yes' }, false);
  checkReach({ ...settings, HOST: '::1' }, false);
});
