import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AudioFile, type FileProgress } from './audio-file.ts';
import { FRAME_SAMPLES } from './audio-frame.ts';
import { MAX_CATCH_UP_FRAMES, TICK_MS } from './pace.ts';

/** Stands in for the ticker's worker, whose only word is "now". */
class ScriptedWorker {
  static readonly running = new Set<ScriptedWorker>();
  onmessage: (() => void) | null = null;

  constructor() {
    ScriptedWorker.running.add(this);
  }

  terminate(): void {
    ScriptedWorker.running.delete(this);
  }
}

/** Whole numbers up to 2²⁴ are exact in 32 bits: each sample tells its place. */
function recording(samples: number, channels = 1): AudioFile {
  const data = Float32Array.from({ length: samples }, (_, at) => at + 1);
  return new AudioFile('talk.wav', {
    length: samples,
    numberOfChannels: channels,
    getChannelData: () => data,
  } as unknown as AudioBuffer);
}

function playing(file: AudioFile) {
  const heard: number[] = [];
  const progress: FileProgress[] = [];
  let writable = Promise.resolve();
  const ended = vi.fn();
  const source = file.open({
    onProgress: (told) => progress.push(told),
    whenWritable: () => writable,
  });
  source.start({ onSound: (chunk) => heard.push(...chunk), onLost: vi.fn(), onEnd: ended });
  return {
    source,
    heard,
    progress,
    ended,
    /** Lets time pass, then the ticker tick once. */
    async tick(afterMs = TICK_MS) {
      vi.advanceTimersByTime(afterMs);
      for (const worker of ScriptedWorker.running) worker.onmessage?.();
      await Promise.resolve();
      await Promise.resolve();
    },
    holdUp() {
      let go = () => {};
      writable = new Promise((resolve) => {
        go = resolve;
      });
      return () => {
        writable = Promise.resolve();
        go();
      };
    },
  };
}

const upTo = (end: number) => Array.from({ length: end }, (_, index) => index + 1);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('Worker', ScriptedWorker);
});
afterEach(() => {
  expect(ScriptedWorker.running.size).toBe(0);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a recording', () => {
  it('is mixed down to mono, and its last frame ends in silence', () => {
    const file = recording(FRAME_SAMPLES + 3, 2);
    expect(file.frames).toBe(2);
    expect([...file.read(0, 1)]).toEqual(upTo(FRAME_SAMPLES));
    expect([...file.read(1, 1)].slice(0, 5)).toEqual(
      [1, 2, 3, 0, 0].map((sample) => (sample === 0 ? 0 : FRAME_SAMPLES + sample)),
    );
  });

  it('[INV1] [INV2] is handed over sample by sample, whenever the ticker comes', async () => {
    const file = recording(280 * FRAME_SAMPLES);
    const { heard, tick, ended } = playing(file);
    for (const lateMs of [0, 3, 250, 17, 999, 0, 41, 640, 1000, 900, 100])
      await tick(TICK_MS + lateMs);
    expect(heard).toEqual(upTo(heard.length));
    expect(ended).not.toHaveBeenCalled();
    await tick(1000);
    expect(heard).toHaveLength(280 * FRAME_SAMPLES);
    expect(heard).toEqual(upTo(heard.length));
    expect(ended).toHaveBeenCalledOnce();
  });

  it('keeps to the clock: ticks that come late by a bit do not add up', async () => {
    const { source, heard, tick } = playing(recording(3000 * FRAME_SAMPLES));
    for (let ticks = 0; ticks < 100; ticks += 1) await tick(TICK_MS + 7);
    expect(heard).toHaveLength(Math.floor((100 * (TICK_MS + 7)) / 20) * FRAME_SAMPLES);
    source.close();
  });

  it('goes on where it was after a page that slept: a second at once, the rest at its pace', async () => {
    const { source, heard, tick } = playing(recording(3000 * FRAME_SAMPLES));
    await tick(60_000);
    expect(heard).toHaveLength(MAX_CATCH_UP_FRAMES * FRAME_SAMPLES);
    await tick(100);
    expect(heard).toEqual(upTo((MAX_CATCH_UP_FRAMES + 5) * FRAME_SAMPLES));
    source.close();
  });

  it('stands still while held, and tells how far it came', async () => {
    const { source, heard, progress, tick } = playing(recording(3000 * FRAME_SAMPLES));
    await tick();
    source.hold(true);
    expect(progress.at(-1)).toEqual({ playedMs: 100, totalMs: 60_000 });
    await tick(5000);
    source.hold(false);
    await tick();
    expect(heard).toEqual(upTo(10 * FRAME_SAMPLES));
    source.close();
  });

  it('[INV4] stands still while the server takes no more', async () => {
    const { source, heard, tick, holdUp } = playing(recording(3000 * FRAME_SAMPLES));
    const release = holdUp();
    await tick();
    await tick(5000);
    expect(heard).toHaveLength(5 * FRAME_SAMPLES);
    release();
    await tick(0);
    await tick();
    expect(heard).toEqual(upTo(10 * FRAME_SAMPLES));
    source.close();
  });

  it('tells its progress once a second, and at its end', async () => {
    const { progress, tick } = playing(recording(110 * FRAME_SAMPLES));
    for (let ticks = 0; ticks < 25; ticks += 1) await tick();
    expect(progress.map(({ playedMs }) => playedMs)).toEqual([1000, 2000, 2200]);
  });
});
