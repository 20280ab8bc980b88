import { expect, test } from 'vitest';
import { FakeDetector } from './fake-detector.ts';
import { DETECTOR_WINDOW_SAMPLES } from './speech-detector.ts';

const windows = (...levels: number[]) =>
  Float32Array.from({ length: levels.length * DETECTOR_WINDOW_SAMPLES }, (_, at) => {
    const level = levels[Math.floor(at / DETECTOR_WINDOW_SAMPLES)] ?? 0;
    return at % 2 === 0 ? level : -level;
  });

test('the louder a window, the likelier it is speech', async () => {
  const stream = new FakeDetector({ evenRms: 0.1 }).open();
  const { probabilities, memories } = await stream.judge(windows(0, 0.1, 0.9));
  const [silence, even, loud] = probabilities;
  expect(memories.length).toBe(3);
  expect(silence).toBe(0);
  expect(even).toBeCloseTo(0.5);
  expect(loud).toBeGreaterThan(0.95);
});

test('fails when told to, then goes on', async () => {
  const detector = new FakeDetector();
  const stream = detector.open();
  detector.failNext(new Error('by request'));
  await expect(stream.judge(windows(0))).rejects.toThrow('by request');
  expect((await stream.judge(windows(0))).probabilities).toEqual(Float32Array.of(0));
});

test('refuses what the real one refuses, and counts what is left open', async () => {
  const detector = new FakeDetector();
  const stream = detector.open();
  await expect(stream.judge(new Float32Array(511))).rejects.toThrow('whole windows of 512');
  stream.recall(null);
  expect(detector.recalls).toBe(1);
  expect(detector.openStreams).toBe(1);
  stream.close();
  stream.close();
  expect(detector.openStreams).toBe(0);
  await expect(stream.judge(windows(0))).rejects.toThrow('a closed one');
  await detector.close();
  expect(detector.closed).toBe(true);
});
