import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CHUNK_MS, silence } from './audio-frame.ts';
import type { AudioSource, SourceListener } from './audio-source.ts';
import { CaptureError } from './capture-error.ts';
import { MAX_HELD_CHUNKS, SETTLE_MS, SUSPICIOUS_MS, WakefulSource } from './wakeful-source.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function wakeful() {
  let inner: SourceListener | null = null;
  const heard: string[] = [];
  const microphone: AudioSource = {
    kind: 'microphone',
    label: 'scripted',
    start: (listener) => {
      inner = listener;
    },
    hold: () => {},
    drain: async () => {},
    close: () => {},
  };
  const source = new WakefulSource(microphone, (ms) => heard.push(`slept ${Math.round(ms)}`));
  source.start({
    onSound: (chunk) => heard.push(`sound ${chunk[0]}`),
    onLost: () => heard.push('lost'),
  });
  let number = 0;
  const chunk = () => {
    const sound = silence(5);
    sound[0] = number;
    number += 1;
    return sound;
  };
  const say = (chunks: number) => {
    for (let at = 0; at < chunks; at += 1) inner?.onSound(chunk());
  };
  const speak = (chunks: number) => {
    for (let at = 0; at < chunks; at += 1) {
      vi.advanceTimersByTime(CHUNK_MS);
      say(1);
    }
  };
  return { source, heard, say, speak, lose: () => inner?.onLost(lost()) };
}

const lost = () => new CaptureError('microphone_lost', 'Expected sound, got none.');
/** Sleep: the clock goes on, timers do not. */
const sleep = (ms: number) => vi.setSystemTime(Date.now() + ms);

test('steady sound goes through at once', () => {
  const { heard, speak } = wakeful();
  speak(3);
  expect(heard).toEqual(['sound 0', 'sound 1', 'sound 2']);
});

test('[INV1] after a sleep the missing time is told, before the sound that follows', () => {
  const { heard, speak } = wakeful();
  speak(2);
  sleep(60_000);
  speak(5);
  expect(heard).toEqual([
    ...['sound 0', 'sound 1', 'slept 60000'],
    ...['sound 2', 'sound 3', 'sound 4', 'sound 5', 'sound 6'],
  ]);
});

test('a page that was only busy gets all of its sound at once, and nothing is missing', () => {
  const { heard, speak, say } = wakeful();
  speak(1);
  sleep(20_000);
  say(200);
  vi.advanceTimersByTime(SETTLE_MS);
  expect(heard).toHaveLength(201);
  expect(heard.filter((each) => each.startsWith('slept'))).toEqual([]);
});

test('short silences are none', () => {
  const { heard, speak } = wakeful();
  speak(1);
  sleep(SUSPICIOUS_MS - CHUNK_MS);
  speak(1);
  expect(heard).toEqual(['sound 0', 'sound 1']);
});

test('a sleep in a pause is no gap: nothing was being said', () => {
  const { source, heard, speak } = wakeful();
  source.hold(true);
  sleep(60_000);
  speak(1);
  source.hold(false);
  speak(1);
  expect(heard).toEqual(['sound 0', 'sound 1']);
});

test('[INV4] sound is kept back for a moment only, however much comes', () => {
  const { heard, speak, say } = wakeful();
  speak(1);
  sleep(600_000);
  say(MAX_HELD_CHUNKS);
  expect(heard.length).toBeGreaterThan(MAX_HELD_CHUNKS);
});

test('[INV1] what is kept back is handed over when the source ends', async () => {
  const drained = wakeful();
  drained.speak(1);
  sleep(60_000);
  drained.say(1);
  await drained.source.drain();
  expect(drained.heard).toEqual(['sound 0', 'slept 59900', 'sound 1']);
  const taken = wakeful();
  taken.speak(1);
  sleep(60_000);
  taken.say(1);
  taken.lose();
  expect(taken.heard.slice(1)).toEqual(['slept 59900', 'sound 1', 'lost']);
});

test('closing leaves no timer', () => {
  const { source, speak, say } = wakeful();
  speak(1);
  sleep(60_000);
  say(1);
  expect(vi.getTimerCount()).toBe(1);
  source.close();
});
