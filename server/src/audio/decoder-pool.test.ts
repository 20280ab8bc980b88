import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDecoderPool, DECODER_WAIT_MS } from './decoder-pool.ts';
import { ScriptedDecoder } from './scripted-decoder.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const MAX_WAIT_MS = 5000;
const never = () => new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));
const packet = Uint8Array.of(0xf8, 1);

function pooled({
  slots = 2,
  waitingLimit = 1,
  prewarmed = 1,
  ready = 'at_once',
  isSparing = () => false,
}: {
  slots?: number;
  waitingLimit?: number;
  prewarmed?: number;
  ready?: 'at_once' | 'when_told';
  isSparing?: () => boolean;
} = {}) {
  const decoders: ScriptedDecoder[] = [];
  const pool = createDecoderPool({
    slots,
    waitingLimit,
    maxWaitMs: MAX_WAIT_MS,
    prewarmed,
    ffmpeg: 'unused',
    isSparing,
    startDecoder: () => {
      const decoder = new ScriptedDecoder({ ready });
      decoders.push(decoder);
      return decoder;
    },
  });
  const open = () => decoders.filter((decoder) => !decoder.closed).length;
  return { pool, decoders, open };
}

test('keeps some ready, but never more than slots are free', async () => {
  const { pool, open } = pooled({ slots: 4, prewarmed: 3 });
  await settled();
  expect(pool.stats()).toMatchObject({ slots: 4, live: 0, idle: 3, waiting: 0 });
  const streams = [];
  for (const idle of [3, 2, 1, 0]) {
    streams.push(await pool.acquire(never()));
    await settled();
    expect(pool.stats()).toMatchObject({ live: streams.length, idle });
    expect(open()).toBeLessThanOrEqual(4);
  }
  await streams[0]?.close();
  await settled();
  expect(pool.stats()).toMatchObject({ live: 3, idle: 1 });
  await pool.close();
  expect(open()).toBe(0);
  expect(pool.stats()).toMatchObject({ live: 0, idle: 0, starting: 0 });
});

test('[INV4] while memory is scarce none is kept ready, and who comes still gets one', async () => {
  let sparing = false;
  const { pool, open } = pooled({ slots: 4, prewarmed: 3, isSparing: () => sparing });
  await settled();
  expect(open()).toBe(3);
  sparing = true;
  pool.tend();
  await settled();
  expect(open()).toBe(0);
  const stream = await pool.acquire(never());
  await settled();
  expect(open()).toBe(1);
  sparing = false;
  await stream.close();
  await settled();
  expect(pool.stats()).toMatchObject({ live: 0, idle: 3 });
  await pool.close();
});

test('the idle decoder of the last free slot is handed out, not ended', async () => {
  const { pool, decoders } = pooled({ slots: 1, prewarmed: 1 });
  await settled();
  const stream = await pool.acquire(never());
  await stream.write(packet);
  expect(decoders).toHaveLength(1);
  expect(decoders[0]?.fed).toHaveLength(1);
  await pool.close();
});

test('[INV4] slots, then the line, then server_busy with a time to come back', async () => {
  const { pool } = pooled();
  const first = await pool.acquire(never());
  await pool.acquire(never());
  const third = pool.acquire(never());
  await expect(pool.acquire(never())).rejects.toMatchObject({
    code: 'server_busy',
    retryable: true,
    retryAfterMs: MAX_WAIT_MS,
  });
  expect(pool.stats()).toMatchObject({ live: 2, waiting: 1 });
  await first.close();
  await first.close();
  await third;
  expect(pool.stats()).toMatchObject({ live: 2, waiting: 0 });
  await pool.close();
});

test('[INV4] who waits too long is told server_busy', async () => {
  const { pool } = pooled({ slots: 1 });
  const stream = await pool.acquire(never());
  const waiting = expect(pool.acquire(never())).rejects.toMatchObject({ code: 'server_busy' });
  await vi.advanceTimersByTimeAsync(MAX_WAIT_MS);
  await waiting;
  expect(pool.stats()).toMatchObject({ live: 1, waiting: 0 });
  await stream.close();
  await (await pool.acquire(never())).close();
  expect(pool.stats().live).toBe(0);
  await pool.close();
});

test('[INV4] a decoder that takes too long to come gives the slot back', async () => {
  const { pool } = pooled({ prewarmed: 0, ready: 'when_told' });
  const waiting = expect(pool.acquire(never())).rejects.toMatchObject({ code: 'server_busy' });
  await settled();
  expect(pool.stats()).toMatchObject({ live: 1, starting: 1 });
  await vi.advanceTimersByTimeAsync(DECODER_WAIT_MS);
  await waiting;
  expect(pool.stats()).toMatchObject({ live: 0, waiting: 0 });
  await pool.close();
});

test('who aborts, in the line or while a decoder starts, holds nothing', async () => {
  const { pool, decoders } = pooled({ slots: 1, prewarmed: 0, ready: 'when_told' });
  const leaving = new AbortController();
  const starting = pool.acquire(leaving.signal);
  await settled();
  const inLine = pool.acquire(leaving.signal);
  await settled();
  expect(pool.stats()).toMatchObject({ live: 1, waiting: 1 });
  leaving.abort(new Error('gone home'));
  await expect(starting).rejects.toThrow('gone home');
  await expect(inLine).rejects.toThrow('gone home');
  expect(pool.stats()).toMatchObject({ live: 0, waiting: 0 });
  await expect(pool.acquire(leaving.signal)).rejects.toThrow('gone home');
  for (const decoder of decoders) decoder.becomeReady();
  await settled();
  expect(pool.stats().idle).toBe(0);
  await pool.close();
});

test('a lost decoder is replaced within its slot, and the losses are counted', async () => {
  const { pool, decoders } = pooled({ slots: 1 });
  const stream = await pool.acquire(never());
  await stream.write(packet);
  await stream.write(null);
  await stream.write(new Uint8Array());
  decoders[0]?.die();
  await settled();
  await stream.write(packet);
  expect(decoders[1]?.fed).toHaveLength(4);
  const counted = { replaced: 1, concealed: 1, corrupt: 1 };
  expect(pool.stats()).toMatchObject({ live: 1, ...counted });
  await stream.close();
  expect(pool.stats()).toMatchObject({ live: 0, ...counted });
  await pool.close();
});

test('closing refuses newcomers and those who wait, closes live streams, and is idempotent', async () => {
  const { pool, open } = pooled({ slots: 1 });
  const stream = await pool.acquire(never());
  const read = (async () => {
    for await (const samples of stream.samples()) samples.fill(0);
  })();
  const waiting = expect(pool.acquire(never())).rejects.toMatchObject({ code: 'shutting_down' });
  await Promise.all([pool.close(), pool.close()]);
  await waiting;
  await read;
  await expect(pool.acquire(never())).rejects.toMatchObject({ code: 'shutting_down' });
  expect(open()).toBe(0);
});

test('closing at the moment a decoder is handed out leaves none behind', async () => {
  const { pool, open } = pooled();
  await settled();
  const acquired = pool.acquire(never()).then(
    (stream) => stream.write(packet),
    (error: unknown) => Promise.reject(error),
  );
  const refused = expect(acquired).rejects.toThrow();
  await pool.close();
  await refused;
  expect(open()).toBe(0);
  expect(pool.stats().live).toBe(0);
});
