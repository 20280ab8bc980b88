import { expect, test } from 'vitest';
import { Watermark } from './watermark.ts';

test('a level that trembles at its mark is told once, until it is well below', () => {
  const mark = new Watermark(80, 70);
  const told = [79, 80, 79, 81, 70, 95, 69, 75, 80].map((level) => mark.note(level));
  expect(told).toEqual([
    ...['same', 'risen', 'same', 'same', 'same', 'same'],
    ...['fallen', 'same', 'risen'],
  ]);
  expect(mark.isHigh).toBe(true);
});

test('a low mark above the high one is refused', () => {
  expect(() => new Watermark(70, 80)).toThrow(RangeError);
});
