import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CHUNK_FRAMES, CHUNK_MS, framesOf, silence } from './audio-frame.ts';
import type { AudioSource, SourceListener } from './audio-source.ts';
import { Capture } from './capture.ts';
import type { EncoderFactory } from './packet-encoder.ts';

const PACKET_20_MS = 1 << 3;

/** Answers each frame with a packet that carries the frame's first sample. */
const scriptedEncoder: EncoderFactory = async ({ onPacket }) => ({
  name: 'scripted',
  encode: (chunk) => {
    for (const [number = 0] of framesOf(chunk)) onPacket(Uint8Array.of(PACKET_20_MS, number));
  },
  flush: async () => {},
  close: () => {},
});

function capturing() {
  let listener: SourceListener | null = null;
  let number = 0;
  const say = (frames: number, loudness = 0) => {
    const chunk = silence(frames).fill(loudness);
    for (const frame of framesOf(chunk)) frame[0] = ++number;
    listener?.onSound(chunk);
  };
  const source: AudioSource = {
    kind: 'microphone',
    label: 'scripted',
    start: (given) => {
      listener = given;
    },
    hold: vi.fn(),
    drain: async () => {
      await Promise.resolve();
      say(2);
    },
    close: vi.fn(),
  };
  const packets: number[] = [];
  const levels: number[] = [];
  const capture = new Capture({
    factories: [scriptedEncoder],
    push: (packet) => packets.push(packet[1] ?? -1),
    onLevel: ({ share }) => levels.push(share),
    onEncoder: vi.fn(),
    onLost: vi.fn(),
    onEnd: vi.fn(),
    onFailed: vi.fn(),
  });
  capture.attach(source);
  return { capture, source, packets, levels, say };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('[INV1] at the end goes out what the source still had', async () => {
  const { capture, source, packets, say } = capturing();
  say(CHUNK_FRAMES);
  await capture.finish();
  expect(packets).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(source.close).toHaveBeenCalledOnce();
  capture.close();
});

test('a chunk becomes a packet for each of its frames, in order', async () => {
  const { capture, packets, say } = capturing();
  say(50);
  say(1);
  await capture.finish();
  expect(packets).toEqual(Array.from({ length: 53 }, (_, index) => index + 1));
  capture.close();
});

test('the level is told five times a second, however often sound comes', () => {
  const { capture, levels, say } = capturing();
  for (let lastedMs = 0; lastedMs < 2000; lastedMs += CHUNK_MS) {
    say(CHUNK_FRAMES, 0.5);
    vi.advanceTimersByTime(CHUNK_MS);
  }
  expect(levels).toHaveLength(10);
  expect(Math.min(...levels)).toBeGreaterThan(0.8);
  capture.close();
});
