import { setTimeout as sleep } from 'node:timers/promises';
import type { DecoderPool } from '../../server/src/audio/decoder-pool.ts';
import type { OpusDecoderStream } from '../../server/src/audio/opus-decoder-stream.ts';
import { FRAME_MS, SAMPLES_PER_FRAME } from '../../shared/limits.ts';
import { percentile } from '../scoring/percentiles.ts';
import { cpuSeconds, memory, type ProcessMemory } from './process-figures.ts';

/** Clients send this many frames in one message. */
const FRAMES_PER_MESSAGE = 5;
const MS_PER_SECOND = 1000;
const MICROSECONDS_PER_MS = 1000;

export interface LiveFigures {
  readonly streams: number;
  /** From asking for all streams at once until the last one was there. */
  readonly acquireMs: number;
  /** Processor milliseconds of one FFmpeg for a second of speech. */
  readonly ffmpegMsPerSecond: number | null;
  /** The same of this process for one stream: checks, pages, pipes, samples. */
  readonly nodeMsPerSecond: number;
  /** From writing a message's first frame until the samples of its last one were there. */
  readonly delayMs: { readonly p50: number | null; readonly p99: number | null };
  readonly memory: ProcessMemory | null;
}

/** Many streams at once, each fed in real time as clients send. */
export async function measureLive(
  pool: DecoderPool,
  packets: readonly Uint8Array[],
  streams: number,
  seconds: number,
  signal: AbortSignal,
): Promise<LiveFigures> {
  const began = performance.now();
  const open = await Promise.all(Array.from({ length: streams }, () => pool.acquire(signal)));
  const acquireMs = performance.now() - began;
  try {
    const before = await cpuOf(open);
    const nodeBefore = process.cpuUsage();
    const delays: number[] = [];
    const staggerMs = (FRAMES_PER_MESSAGE * FRAME_MS) / streams;
    await Promise.all(
      open.map((stream, index) =>
        speak(stream, packets, { seconds, startMs: index * staggerMs, delays, signal }),
      ),
    );
    const { user, system } = process.cpuUsage(nodeBefore);
    const after = await cpuOf(open);
    const spoken = streams * seconds;
    const [first] = open;
    return {
      streams,
      acquireMs,
      ffmpegMsPerSecond:
        before === null || after === null ? null : ((after - before) * MS_PER_SECOND) / spoken,
      nodeMsPerSecond: (user + system) / MICROSECONDS_PER_MS / spoken,
      delayMs: { p50: percentile(delays, 50), p99: percentile(delays, 99) },
      memory: first?.pid === undefined ? null : await memory(first.pid),
    };
  } finally {
    await Promise.all(open.map((stream) => stream.close()));
  }
}

/** Seconds of speech that one stream decodes in a second. */
export async function measureFullSpeed(
  pool: DecoderPool,
  packets: readonly Uint8Array[],
  seconds: number,
  signal: AbortSignal,
): Promise<number> {
  const stream = await pool.acquire(signal);
  try {
    const frames = Math.round((seconds * MS_PER_SECOND) / FRAME_MS);
    const began = performance.now();
    const reading = countFrames(stream);
    for (let frame = 0; frame < frames; frame += 1) await stream.write(packetAt(packets, frame));
    await stream.end();
    await reading;
    return (seconds * MS_PER_SECOND) / (performance.now() - began);
  } finally {
    await stream.close();
  }
}

/** Milliseconds from killing a stream's FFmpeg until it gives samples again. */
export async function measureReplacement(
  pool: DecoderPool,
  packets: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<number> {
  const stream = await pool.acquire(signal);
  try {
    const samples = stream.samples();
    for (let frame = 0; frame < FRAMES_PER_MESSAGE; frame += 1) {
      await stream.write(packetAt(packets, frame));
      await samples.next();
    }
    if (stream.pid !== undefined) process.kill(stream.pid, 'SIGKILL');
    const began = performance.now();
    while (stream.counters.replaced === 0) {
      await stream.write(packetAt(packets, stream.counters.frames));
      await samples.next();
    }
    return performance.now() - began;
  } finally {
    await stream.close();
  }
}

async function speak(
  stream: OpusDecoderStream,
  packets: readonly Uint8Array[],
  options: { seconds: number; startMs: number; delays: number[]; signal: AbortSignal },
): Promise<void> {
  const { seconds, startMs, delays, signal } = options;
  const messages = Math.round((seconds * MS_PER_SECOND) / (FRAMES_PER_MESSAGE * FRAME_MS));
  const sentAt: number[] = [];
  const reading = (async () => {
    let frames = 0;
    for await (const samples of stream.samples()) {
      const before = Math.floor(frames / FRAMES_PER_MESSAGE);
      frames += samples.length / SAMPLES_PER_FRAME;
      const now = performance.now();
      for (let at = before; at < Math.floor(frames / FRAMES_PER_MESSAGE); at += 1) {
        delays.push(now - (sentAt[at] ?? now));
      }
    }
  })();
  const began = performance.now() + startMs;
  for (let message = 0; message < messages; message += 1) {
    const due = began + message * FRAMES_PER_MESSAGE * FRAME_MS;
    await sleep(Math.max(0, due - performance.now()), undefined, { signal });
    sentAt.push(performance.now());
    for (let frame = 0; frame < FRAMES_PER_MESSAGE; frame += 1) {
      await stream.write(packetAt(packets, message * FRAMES_PER_MESSAGE + frame));
    }
  }
  await stream.end();
  await reading;
}

async function countFrames(stream: OpusDecoderStream): Promise<number> {
  let frames = 0;
  for await (const samples of stream.samples()) frames += samples.length / SAMPLES_PER_FRAME;
  return frames;
}

/** The recording over and over. */
function packetAt(packets: readonly Uint8Array[], frame: number): Uint8Array | null {
  return packets[frame % packets.length] ?? null;
}

async function cpuOf(streams: readonly OpusDecoderStream[]): Promise<number | null> {
  let sum = 0;
  for (const { pid } of streams) {
    const seconds = pid === undefined ? null : await cpuSeconds(pid);
    if (seconds === null) return null;
    sum += seconds;
  }
  return sum;
}
