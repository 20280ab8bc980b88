import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CleanUps } from '../clean-ups.ts';
import { readSettings, type Settings } from '../config/settings.ts';
import { createLimits } from './create-limits.ts';

let cleanUps: CleanUps;
beforeEach(() => {
  vi.useFakeTimers();
  cleanUps = new CleanUps();
});
afterEach(async () => {
  await cleanUps.run();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function limited(changes: Partial<Settings> = {}) {
  const settings = { ...readSettings({}), ...changes };
  return createLimits({ settings, log: pino({ level: 'silent' }), cleanUps });
}

const full = expect.objectContaining({ code: 'server_full' });

test('memory is known from the start, and its limit is that of the settings', () => {
  const { memory } = limited({ MEMORY_LIMIT_MB: 10_000 });
  expect(memory.usedMb).toBeGreaterThan(10);
  expect(memory.limitMb).toBe(10_000);
});

test('[INV4] without memory newcomers are refused, and who resumes is not', () => {
  const limits = limited({ MEMORY_LIMIT_MB: 1 });
  expect(() => limits.admit('newcomer')).toThrow(full);
  limits.admit('resuming');
});

test('what may be dropped is dropped when memory is scarce', () => {
  const limits = limited({ MEMORY_LIMIT_MB: 100_000 });
  const drop = vi.fn();
  limits.mayDrop({ name: 'models', drop });
  limits.memory.note(90_000);
  expect(drop).toHaveBeenCalledTimes(1);
});

test('a stuck stream is given up sooner while the processors are busy', () => {
  const limits = limited({ STREAM_TIMEOUT: 5 });
  expect(limits.streamTimeoutMs()).toBe(5_000);
  for (let look = 0; look < 6; look += 1) limits.resources.note({ cpu: 95, memory: 0, disk: 0 });
  expect(limits.streamTimeoutMs()).toBe(4_000);
});

test('only a server that nobody else reaches looks at names for this machine', () => {
  expect(limited().origins.loopbackOnly).toBe(true);
  expect(limited({ TRUST_PROXY: ['loopback'] }).origins.loopbackOnly).toBe(false);
  const member: Partial<Settings> = { TRUST_PROXY: ['loopback'], BALANCER_HOST: '127.0.0.1' };
  expect(limited(member).origins.loopbackOnly).toBe(true);
  expect(limited({ HOST: '0.0.0.0' }).origins.loopbackOnly).toBe(false);
});

test('connections of one address leave places for others', () => {
  const limits = limited({ MAX_CONNECTIONS_PER_ADDRESS: 2, MAX_CONCURRENT_REQUESTS: 4 });
  for (let count = 0; count < 4; count += 1) limits.peers.take('a');
  expect(() => limits.peers.take('a')).toThrow(expect.objectContaining({ code: 'rate_limited' }));
  limits.peers.take('b');
  expect(limits.server.maxConnections).toBe(2_500 + 4);
});
