import { expect, test } from 'vitest';
import { FakeDetector } from '../../server/src/segmentation/fake-detector.ts';
import { SAMPLE_RATE } from '../../shared/limits.ts';
import { cutBlindly, cutLive, growingWindows } from './cut-speech.ts';

const seconds = (count: number, level = 0) =>
  new Float32Array(count * SAMPLE_RATE).map((_, at) => (at % 2 === 0 ? level : -level));
const lengths = (pieces: readonly Float32Array[]) =>
  pieces.map((piece) => piece.length / SAMPLE_RATE);

test('cuts blindly into two to eight seconds, without what is left and too short', () => {
  expect(lengths(cutBlindly(seconds(30)))).toEqual([4, 2, 6, 3, 8, 5, 2]);
  expect(lengths(cutBlindly(seconds(5)))).toEqual([4]);
});

test('windows grow by a second and never hold the whole', () => {
  expect(lengths(growingWindows(seconds(3.5)))).toEqual([1, 2, 3]);
  expect(lengths(growingWindows(seconds(3)))).toEqual([1, 2]);
});

test('cuts live at pauses', async () => {
  const speech = Float32Array.from(
    [seconds(1), seconds(2, 0.3), seconds(2), seconds(3, 0.3), seconds(1)].flatMap((part) => [
      ...part,
    ]),
  );
  const pieces = lengths(await cutLive(speech, new FakeDetector()));
  expect(pieces.length).toBe(2);
  expect(pieces[0]).toBeGreaterThan(2);
  expect(pieces[1]).toBeGreaterThan(3);
});
