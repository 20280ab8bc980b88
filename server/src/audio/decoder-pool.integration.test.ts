import { afterEach, describe, expect, test } from 'vitest';
import { SAMPLES_PER_FRAME } from '../../../shared/limits.ts';
import { createDecoderPool, type DecoderPool, type DecoderPoolOptions } from './decoder-pool.ts';
import { FfmpegDecoder, SILENT_PACKET } from './ffmpeg-decoder.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import type { OpusDecoderStream } from './opus-decoder-stream.ts';
import { decodeAll, distance, isAlive } from './testing/heard.ts';
import { burstPackets, spokenPackets } from './testing/opus-packets.ts';

const ffmpeg = findFfmpeg();
const SHORT_HANG_LIMIT_MS = 1000;
const LONG_HANG_LIMIT_MS = 60_000;
/** Frames after a replacement until Opus and the filter have settled as if nothing had been. */
const SETTLING_FRAMES = 10;
const never = () => new AbortController().signal;
const pools: { pool: DecoderPool; pids: readonly number[] }[] = [];

afterEach(async () => {
  for (const { pool, pids } of pools.splice(0)) {
    await pool.close();
    expect(pids.length).toBeGreaterThan(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(pool.stats()).toMatchObject({ live: 0, idle: 0, starting: 0, waiting: 0 });
  }
});

/** A pool over real FFmpeg that remembers every process it ever started. */
function pooled(
  options: Partial<DecoderPoolOptions> = {},
  hangLimitMs: number = LONG_HANG_LIMIT_MS,
): DecoderPool {
  const pids: number[] = [];
  const startDecoder = (): FfmpegDecoder => {
    const decoder = new FfmpegDecoder({ ffmpeg, hangLimitMs: () => hangLimitMs });
    if (decoder.pid !== undefined) pids.push(decoder.pid);
    return decoder;
  };
  const pool = createDecoderPool({
    ...{ slots: 4, waitingLimit: 2, maxWaitMs: 30_000, prewarmed: 2, ffmpeg, startDecoder },
    ...options,
  });
  pools.push({ pool, pids });
  return pool;
}

function signalTo(stream: OpusDecoderStream, signal: NodeJS.Signals): void {
  if (stream.pid === undefined) throw new Error('Expected a process at work, got none.');
  process.kill(stream.pid, signal);
}

/** What an undisturbed stream makes of the packets. */
async function undisturbed(packets: readonly Uint8Array[]): Promise<Float32Array> {
  const stream = await pooled({ prewarmed: 0 }).acquire(never());
  try {
    return await decodeAll(stream, packets);
  } finally {
    await stream.close();
  }
}

/** Speech, then a pattern of bursts that shows any shift. */
function testPackets(): Uint8Array[] {
  return [...spokenPackets(200), ...burstPackets(200, (frame) => (frame * 7919) % 11 === 0)];
}

describe('disturbances', () => {
  test.each([
    ['kill -9', 'SIGKILL', [100]],
    ['kill -9, four times', 'SIGKILL', [1, 60, 200, 330]],
    ['a hanging process', 'SIGSTOP', [150]],
  ] as const)('%s: no sample lost, doubled or moved', async (_, signal, frames) => {
    const packets = testPackets();
    const expected = await undisturbed(packets);
    const hangLimitMs = signal === 'SIGSTOP' ? SHORT_HANG_LIMIT_MS : LONG_HANG_LIMIT_MS;
    const stream = await pooled({}, hangLimitMs).acquire(never());
    let disturbed = 0;
    const heard = await decodeAll(stream, packets, async (frame) => {
      if (!frames.some((each) => each === frame)) return;
      // The writer is ahead of the decoder: this is in the middle of things.
      while (stream.pid === undefined || stream.counters.replaced < disturbed) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      signalTo(stream, signal);
      disturbed += 1;
    });
    expect(heard).toHaveLength(packets.length * SAMPLES_PER_FRAME);
    expect(stream.counters).toEqual({
      frames: packets.length,
      concealed: 0,
      corrupt: 0,
      replaced: frames.length,
    });
    // Everywhere close, and after the last disturbance settled the very same.
    expect(distance(expected, heard)).toBeLessThan(0.05);
    const settledAt = (Math.max(...frames) + SETTLING_FRAMES) * SAMPLES_PER_FRAME;
    expect(distance(expected, heard, settledAt)).toBeLessThan(0.001);
    await stream.close();
  });

  test('Ctrl-C reaches every process of a terminal: whether FFmpeg minds or not, nothing is lost', async () => {
    const packets = testPackets();
    const expected = await undisturbed(packets);
    const stream = await pooled().acquire(never());
    const heard = await decodeAll(stream, packets, (frame) => {
      if (frame === 150) signalTo(stream, 'SIGINT');
    });
    expect(heard).toHaveLength(packets.length * SAMPLES_PER_FRAME);
    expect(stream.counters).toMatchObject({ concealed: 0, corrupt: 0 });
    expect(distance(expected, heard)).toBeLessThan(0.05);
    await stream.close();
  });

  test('killed while it owes half a second: everything owed is decoded by the next one', async () => {
    const packets = testPackets();
    const expected = await undisturbed(packets);
    const stream = await pooled().acquire(never());
    const heard = await decodeAll(stream, packets, async (frame, heardFrames) => {
      if (frame === 120) {
        while (heardFrames() < frame) await new Promise((resolve) => setImmediate(resolve));
        signalTo(stream, 'SIGSTOP');
      }
      if (frame === 145) signalTo(stream, 'SIGKILL');
    });
    expect(heard).toHaveLength(packets.length * SAMPLES_PER_FRAME);
    expect(stream.counters).toMatchObject({ concealed: 0, corrupt: 0, replaced: 1 });
    expect(distance(expected, heard)).toBeLessThan(0.05);
    await stream.close();
  });

  test('killed while nothing is said, it goes on with the next frame', async () => {
    const packets = testPackets();
    const expected = await undisturbed(packets);
    const stream = await pooled().acquire(never());
    const samples = stream.samples();
    for (const packet of packets.slice(0, 50)) await stream.write(packet);
    let given = 0;
    while (given < 50 * SAMPLES_PER_FRAME) given += (await samples.next()).value?.length ?? 0;
    signalTo(stream, 'SIGKILL');
    for (const packet of packets.slice(50, 100)) await stream.write(packet);
    const ended = stream.end();
    const rest: number[] = [];
    for await (const part of samples) rest.push(...part);
    await ended;
    expect(rest).toHaveLength(50 * SAMPLES_PER_FRAME);
    const reference = expected.subarray(50 * SAMPLES_PER_FRAME, 100 * SAMPLES_PER_FRAME);
    expect(distance(reference, Float32Array.from(rest))).toBeLessThan(0.05);
    await stream.close();
  });

  test('corrupt, truncated, long and missing packets become silence in their place', async () => {
    const packets = testPackets();
    const bad = new Map<number, Uint8Array | null>([
      [20, null],
      [21, new Uint8Array()],
      [40, Uint8Array.of(0xfb, 0xff, 1, 2, 3)],
      [41, Uint8Array.of(0xf9, 1, 2)],
      // 60 ms in one packet, and 2.5 ms.
      [60, Uint8Array.of((3 << 3) | 0, 1, 2, 3)],
      [61, Uint8Array.of((28 << 3) | 0, 1, 2, 3)],
      [80, new Uint8Array(1275).fill(0xff)],
      [100, (packets[100] ?? SILENT_PACKET).subarray(0, 1)],
    ]);
    const expected = await undisturbed(
      packets.map((packet, frame) =>
        bad.has(frame) && frame !== 100
          ? SILENT_PACKET
          : frame === 100
            ? packet.subarray(0, 1)
            : packet,
      ),
    );
    const stream = await pooled().acquire(never());
    const mixed = packets.map((packet, frame) =>
      bad.has(frame) ? (bad.get(frame) ?? null) : packet,
    );
    expect(await decodeAll(stream, mixed)).toEqual(expected);
    // A packet cut down to its first byte is sound: Opus calls it lost or not sent.
    expect(stream.counters).toEqual({
      frames: packets.length,
      concealed: 1,
      corrupt: 6,
      replaced: 0,
    });
    await stream.close();
  });
});

describe('slots', () => {
  test('sixty streams at once, every one sample for sample alike', {
    timeout: 240_000,
  }, async () => {
    const packets = testPackets().slice(180, 260);
    const expected = await undisturbed(packets);
    const pool = pooled({ slots: 60, prewarmed: 30 });
    const streams: OpusDecoderStream[] = [];
    while (streams.length < 60) {
      // Ten newcomers at a time: on a busy machine sixty would not all be served in time.
      const newcomers = Array.from({ length: 10 }, () => pool.acquire(never()));
      streams.push(...(await Promise.all(newcomers)));
    }
    expect(pool.stats()).toMatchObject({ live: 60, idle: 0, starting: 0 });
    expect(new Set(streams.map((stream) => stream.pid)).size).toBe(60);
    for (const heard of await Promise.all(streams.map((stream) => decodeAll(stream, packets)))) {
      expect(Buffer.from(heard.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
    }
    await Promise.all(streams.map((stream) => stream.close()));
    expect(pool.stats()).toMatchObject({ live: 0, failures: 0, replaced: 0 });
  });

  test('the line moves on when somebody leaves; who aborts or comes too late holds nothing', async () => {
    const pool = pooled({ slots: 1, waitingLimit: 2 });
    const first = await pool.acquire(never());
    const leaving = new AbortController();
    const aborted = expect(pool.acquire(leaving.signal)).rejects.toThrow('gone home');
    const second = pool.acquire(never());
    await expect(pool.acquire(never())).rejects.toMatchObject({ code: 'server_busy' });
    leaving.abort(new Error('gone home'));
    await aborted;
    await first.close();
    const stream = await second;
    expect(await decodeAll(stream, [SILENT_PACKET])).toHaveLength(SAMPLES_PER_FRAME);
    await stream.close();
  });

  test('idle decoders that are killed are replaced', async () => {
    const pool = pooled({ prewarmed: 1, maxSpawning: 1 });
    const stream = await pool.acquire(never());
    await stream.close();
    const { pids } = pools[0] ?? { pids: [] };
    const idleOnes = pids.filter((pid) => pid !== stream.pid && isAlive(pid));
    for (const pid of idleOnes) process.kill(pid, 'SIGKILL');
    await expect.poll(() => pool.stats().failures, { timeout: 20_000 }).toBeGreaterThan(0);
    await expect.poll(() => pool.stats().idle, { timeout: 20_000 }).toBe(1);
    const next = await pool.acquire(never());
    expect(await decodeAll(next, [SILENT_PACKET])).toHaveLength(SAMPLES_PER_FRAME);
    await next.close();
  });

  test('a program that is missing is named', async () => {
    const pool = createDecoderPool({
      ...{ slots: 1, waitingLimit: 0, maxWaitMs: 1000, prewarmed: 0, ffmpeg: '/nowhere/ffmpeg' },
    });
    await expect(pool.acquire(never())).rejects.toMatchObject({ code: 'program_missing' });
    expect(pool.stats().live).toBe(0);
    await pool.close();
  });
});
