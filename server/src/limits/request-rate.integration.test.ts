import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PrivateRedis } from '../store/private-redis.ts';
import { startTestRedis, type TestRedis } from '../testing/test-redis.ts';
import { RequestRate, WINDOW_MS } from './request-rate.ts';

let own: TestRedis;
let server: PrivateRedis;
let redis: Redis;
let other: Redis;
/** What is added to Redis's clock. */
let shiftMs: number;
let rate: RequestRate;
let subjects = 0;

beforeAll(async () => {
  own = await startTestRedis();
  ({ server, redis } = own);
  other = await own.connect();
});
afterAll(() => own.close());
beforeEach(() => {
  shiftMs = 0;
  rate = new RequestRate({ redis, clockShiftMs: () => shiftMs });
});
afterEach(() => redis.flushall());

const newSubject = () => {
  subjects += 1;
  return `key:${subjects}`;
};
const key = (subject: string) => `parlance:rate:${subject}`;

async function allowed(subject: string, limit: number, times: number, by = rate): Promise<number> {
  let count = 0;
  for (let at = 0; at < times; at += 1) count += (await by.take(subject, limit))?.allowed ? 1 : 0;
  return count;
}

test('[INV4] so many in a minute; what is left and when there is more is told', async () => {
  const subject = newSubject();
  expect(await rate.take(subject, 3)).toMatchObject({ allowed: true, remaining: 2 });
  expect(await allowed(subject, 3, 5)).toBe(2);
  const refused = await rate.take(subject, 3);
  expect(refused).toMatchObject({ allowed: false, remaining: 0 });
  expect(refused?.resetMs).toBeGreaterThan(0);
  expect(refused?.resetMs).toBeLessThanOrEqual(WINDOW_MS);
  expect(await allowed(newSubject(), 3, 1)).toBe(1);
});

test('the window slides: half a minute later only what is a minute old comes back', async () => {
  const subject = newSubject();
  expect(await allowed(subject, 4, 2)).toBe(2);
  shiftMs = WINDOW_MS / 2;
  expect(await allowed(subject, 4, 5)).toBe(2);
  // A window that began anew each minute would let four in here.
  shiftMs = WINDOW_MS + 1_000;
  expect(await allowed(subject, 4, 5)).toBe(2);
  shiftMs = 1.5 * WINDOW_MS + 1_000;
  expect(await allowed(subject, 4, 5)).toBe(2);
});

test('in no minute are there more than the limit, whenever requests come', async () => {
  const limit = 5;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 10, maxLength: 40 }),
      async (pauses) => {
        const subject = newSubject();
        const letIn: number[] = [];
        for (const pause of pauses) {
          shiftMs += pause;
          if ((await rate.take(subject, limit))?.allowed === true) letIn.push(shiftMs);
        }
        for (const [at, time] of letIn.entries()) {
          const before = letIn[at - limit];
          // The real clock goes on a little meanwhile.
          if (before !== undefined) expect(time - before).toBeGreaterThan(WINDOW_MS - 5_000);
        }
        expect(letIn.length).toBeGreaterThanOrEqual(Math.min(limit, pauses.length));
      },
    ),
    { numRuns: 20 },
  );
});

test('one limit for all nodes, also when all of them ask at once', async () => {
  const subject = newSubject();
  const elsewhere = new RequestRate({ redis: other });
  const asked = await Promise.all(
    Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? rate : elsewhere).take(subject, 20)),
  );
  expect(asked.filter((answer) => answer?.allowed)).toHaveLength(20);
});

test('[INV4] nothing more than the limit is kept, and nothing once a minute is over', async () => {
  const subject = newSubject();
  await allowed(subject, 10, 100);
  expect(await redis.llen(key(subject))).toBe(10);
  expect(await redis.pttl(key(subject))).toBeGreaterThan(0);
  expect(await redis.pttl(key(subject))).toBeLessThanOrEqual(WINDOW_MS);
  expect(await redis.call('OBJECT', 'ENCODING', key(subject))).not.toBe('linkedlist');
});

test('a limit that is lowered holds at once, and tells the time until it is met', async () => {
  const subject = newSubject();
  await allowed(subject, 10, 6);
  shiftMs = WINDOW_MS / 2;
  await allowed(subject, 10, 4);
  const lowered = await rate.take(subject, 4);
  expect(lowered).toMatchObject({ allowed: false, remaining: 0 });
  // Only when the newer ones leave are there fewer than four.
  expect(lowered?.resetMs).toBeGreaterThan(WINDOW_MS / 2);
  expect(await allowed(subject, 12, 5)).toBe(2);
});

test('a limit of nothing lets nobody in', async () => {
  const refused = { allowed: false, remaining: 0, resetMs: WINDOW_MS };
  expect(await rate.take(newSubject(), 0)).toEqual(refused);
});

test('a clock that steps back lets nobody in twice', async () => {
  const subject = newSubject();
  shiftMs = 20_000;
  expect(await allowed(subject, 3, 3)).toBe(3);
  shiftMs = 0;
  expect(await allowed(subject, 3, 3)).toBe(0);
  shiftMs = 20_000 + WINDOW_MS + 1_000;
  expect(await allowed(subject, 3, 5)).toBe(3);
});

test('while Redis is away or hangs nobody is kept waiting or out', async () => {
  const subject = newSubject();
  process.kill(server.pid ?? 0, 'SIGSTOP');
  try {
    expect(await rate.take(subject, 1)).toBeNull();
  } finally {
    process.kill(server.pid ?? 0, 'SIGCONT');
  }
  const away = own.connectNowhere();
  expect(await new RequestRate({ redis: away }).take(subject, 1)).toBeNull();
  await expect.poll(() => allowed(subject, 1_000, 1)).toBe(1);
});
