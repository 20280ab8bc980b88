import { expect, test } from 'vitest';
import { SAMPLE_RATE } from '../../shared/limits.ts';
import { heardTone, MAX_TONES, tonePackets, wordsSaid } from './tones.ts';

const silence = (ms: number) => new Float32Array((ms * SAMPLE_RATE) / 1000);
const tone = (hertz: number, ms: number) =>
  silence(ms).map((_, at) => 0.3 * Math.sin((2 * Math.PI * hertz * at) / SAMPLE_RATE));

function joined(...parts: Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

test.each([0, 1, 7, 59, MAX_TONES - 1])('sentence %i is told by its pitch', (sentence) => {
  const heard = heardTone(joined(silence(320), tone(300 + 25 * sentence, 700), silence(500)));
  expect(heard?.sentence).toBe(sentence);
  expect(Math.round(heard?.loudMs ?? 0)).toBeCloseTo(700, -1);
});

test('silence and hum are no sentence', () => {
  expect(heardTone(silence(500))).toBeNull();
  expect(heardTone(tone(50, 500))).toBeNull();
});

test('packets last as long as the sentence', () => {
  expect(tonePackets(3, 100)).toHaveLength(5);
  expect(() => tonePackets(MAX_TONES, 100)).toThrow('Expected a sentence below');
});

test('a sentence grows word by word', () => {
  const text = 'one two three four';
  expect([1, 250, 251, 999, 1_200].map((ms) => wordsSaid(text, ms, 1_000))).toEqual([
    'one',
    'one',
    'one two',
    text,
    text,
  ]);
});
