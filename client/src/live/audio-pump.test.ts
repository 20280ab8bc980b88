import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LINK_DEAD_AFTER_MS, SEND_WINDOW_FRAMES } from '../../../shared/limits.ts';
import {
  AudioPump,
  LIVE_BATCH_FRAMES,
  LIVE_BATCH_MS,
  MAX_PAUSE_MS,
  REWIND_INTERVAL_MS,
  TOO_FAST_PAUSE_MS,
  UNHEARD_AFTER_MS,
} from './audio-pump.ts';
import { FrameRing } from './frame-ring.ts';
import { FrameSender } from './frame-sender.ts';
import { localError } from './wire-error.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function pumpWith(ringFrames = 6000) {
  const told: string[] = [];
  const pump = new AudioPump(
    {
      audio: (firstSeq, frames) => told.push(`[${firstSeq},${firstSeq + frames.length})`),
      gap: ({ fromSeq, toSeq, declared }) =>
        told.push(`${declared ? '' : 'losing '}<${fromSeq},${toSeq})`),
      linkDead: () => told.push('dead'),
      drained: () => told.push('drained'),
    },
    new FrameSender(new FrameRing(ringFrames)),
  );
  const push = (frames: number) => {
    for (let count = 0; count < frames; count += 1) pump.push(new Uint8Array([7]));
  };
  return { pump, push, told };
}

const gapAt = (expectedSeq: number) => ({ ...localError('audio_gap', ''), expectedSeq });

test('while speaking live, frames go out in batches of 100 ms', () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  push(LIVE_BATCH_FRAMES - 1);
  expect(told).toEqual([]);
  push(1);
  expect(told).toEqual(['[0,5)']);
});

test('a batch that does not fill goes out after 100 ms', () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  push(2);
  vi.advanceTimersByTime(LIVE_BATCH_MS - 1);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(['[0,2)']);
});

test('what waited in the ring goes out a second at a time', () => {
  const { pump, push, told } = pumpWith();
  push(120);
  expect(told).toEqual([]);
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  expect(told).toEqual(['[0,50)', '[50,100)', '[100,120)']);
});

test('[R10] [INV1] audio leaves only while a link is up', () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  pump.shut();
  push(20);
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test('[R10] a link without received acks for 3 s while frames are under way is dead', () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  push(5);
  vi.advanceTimersByTime(LINK_DEAD_AFTER_MS - 1);
  expect(told).toEqual(['[0,5)']);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(['[0,5)', 'dead']);
});

test('any received ack is a sign of life, also one that says nothing new', () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  push(10);
  for (let seconds = 0; seconds < 9; seconds += 1) {
    vi.advanceTimersByTime(LINK_DEAD_AFTER_MS - 1);
    pump.received(5);
  }
  expect(told).not.toContain('dead');
  pump.received(10);
  expect(vi.getTimerCount()).toBe(0);
});

/** Received acks every 250 ms, which tell what has arrived. */
function ackFor(pump: AudioPump, ms: number, seq: number, arrivedSeq: number): void {
  for (let passed = 0; passed < ms; passed += 250) {
    vi.advanceTimersByTime(250);
    pump.received(seq, arrivedSeq);
  }
}

test('[INV1] a server that speaks, but that hears nothing, is left', () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  push(10);
  ackFor(pump, 1_000, 5, 5);
  push(20);
  ackFor(pump, UNHEARD_AFTER_MS - 1_500, 5, 5);
  expect(told).not.toContain('dead');
  ackFor(pump, 1_500, 5, 5);
  expect(told.filter((each) => each === 'dead')).toHaveLength(1);
});

test('a slow link and a server that stands still are no dead ones', () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  push(100);
  // Little by little.
  for (let arrived = 1; arrived <= 10; arrived += 1) {
    ackFor(pump, UNHEARD_AFTER_MS - 500, 0, arrived * 10);
  }
  // All of it is there, and waits.
  ackFor(pump, 5 * UNHEARD_AFTER_MS, 0, 100);
  expect(told).not.toContain('dead');
  pump.received(100, 100);
  expect(vi.getTimerCount()).toBe(0);
});

test('a server that does not tell what has arrived is believed while it speaks', () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  push(100);
  for (let acks = 0; acks < 100; acks += 1) {
    vi.advanceTimersByTime(250);
    pump.received(5);
  }
  expect(told).not.toContain('dead');
});

test('[R13] [INV1] go-back-N: after a gap on the way, frames go out again from the expected one', () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  push(20);
  told.length = 0;
  pump.refused(gapAt(7));
  expect(told).toEqual(['[7,20)']);
});

test('[INV2] one jump makes several complaints, and one repetition', () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  push(20);
  told.length = 0;
  for (let complaints = 0; complaints < 3; complaints += 1) pump.refused(gapAt(5));
  pump.received(6);
  vi.advanceTimersByTime(REWIND_INTERVAL_MS);
  expect(told).toEqual(['[5,20)']);
});

test('[INV1] where the repetition was lost, too, it is repeated a second later', () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  push(20);
  told.length = 0;
  pump.refused(gapAt(5));
  pump.refused(gapAt(5));
  pump.received(5);
  vi.advanceTimersByTime(REWIND_INTERVAL_MS - 1);
  expect(told).toEqual(['[5,20)']);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(['[5,20)', '[5,20)']);
});

test('[INV1] a repetition that was put off does not reach behind what is durable by then', () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  push(20);
  pump.refused(gapAt(0));
  pump.refused(gapAt(0));
  pump.acked(12);
  told.length = 0;
  vi.advanceTimersByTime(REWIND_INTERVAL_MS);
  expect(told).toEqual([]);
});

test('too fast: waits a little, then goes on behind the last received frame', () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  push(20);
  pump.received(10);
  told.length = 0;
  pump.refused(localError('audio_too_fast', ''));
  pump.refused(localError('audio_too_fast', ''));
  push(5);
  vi.advanceTimersByTime(TOO_FAST_PAUSE_MS - 1);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(['[10,25)']);
});

test('[INV4] a server may ask for a pause, but not for an hour', () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  push(5);
  told.length = 0;
  pump.refused({ ...localError('audio_too_fast', ''), retryAfterMs: 3_600_000 });
  vi.advanceTimersByTime(MAX_PAUSE_MS);
  expect(told).toEqual(['[0,5)']);
});

test('[INV4] the window is respected, and a file waits for it', async () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, 20);
  push(19);
  await expect(pump.whenWritable()).resolves.toBeUndefined();
  push(11);
  expect(told.at(-1)).toBe('[15,20)');
  const went = vi.fn();
  const waiting = pump.whenWritable().then(went);
  pump.received(10);
  expect(told.at(-1)).toBe('[20,30)');
  await vi.advanceTimersByTimeAsync(0);
  expect(went).not.toHaveBeenCalled();
  pump.received(11);
  await waiting;
  expect(went).toHaveBeenCalledOnce();
});

test('[INV1] in a long outage the loss is told once a second, and declared in one piece', () => {
  const { pump, push, told } = pumpWith(100);
  push(100);
  push(101);
  expect(told).toEqual(['losing <0,1)', 'losing <0,51)', 'losing <0,101)']);
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  expect(told.slice(3)).toEqual(['<0,101)', '[101,151)', '[151,201)']);
});

test('finishing sends the rest at once and says when all of it was received', () => {
  const { pump, push, told } = pumpWith();
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  push(7);
  pump.finish();
  expect(told).toEqual(['[0,5)', '[5,7)']);
  pump.received(7);
  expect(told.at(-1)).toBe('drained');
});

test('a pump without a frame is drained at once', () => {
  const { pump, told } = pumpWith();
  pump.finish();
  expect(told).toEqual([]);
  pump.open(0, 0, SEND_WINDOW_FRAMES);
  pump.finish();
  expect(told).toEqual(['drained']);
});

test('closing leaves no timer and nobody waiting', async () => {
  const { pump, push } = pumpWith();
  pump.open(0, 0, 5);
  push(8);
  pump.refused(localError('audio_too_fast', ''));
  const waiting = pump.whenWritable();
  pump.close(new Error('over'));
  pump.close(new Error('over'));
  await expect(waiting).rejects.toThrow('over');
  expect(vi.getTimerCount()).toBe(0);
});
