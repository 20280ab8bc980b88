import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SAMPLE_RATE } from '../../../../../shared/limits.ts';
import { scriptedAttention } from '../../../testing/scripted-attention.ts';
import { scriptedTokenizer } from '../../../testing/scripted-tokenizer.ts';
import { CrossAttention } from './cross-attention.ts';
import { FRAME_SAMPLES, frameStartMs } from './frame-clock.ts';
import { timeWords } from './time-words.ts';

const { tokenizer, token } = scriptedTokenizer(['▁one', '▁two', '▁th', 'ree', '.', '▁']);

/** Sound where `loud` says so, by frame; else nothing. */
function sound(frames: number, loud: (frame: number) => boolean): Float32Array {
  return Float32Array.from({ length: (frames + 1) * FRAME_SAMPLES }, (_, at) =>
    loud(Math.floor(at / FRAME_SAMPLES)) ? 0.3 * (at % 2 === 0 ? 1 : -1) : 0,
  );
}

test('tells when the words of a text were said, and leaves out the pause between them', () => {
  const frames = 60;
  const spans = [
    { from: 6, to: 14 },
    { from: 14, to: 22 },
    { from: 40, to: 46 },
    { from: 46, to: 54 },
  ];
  const within = (frame: number) => spans.some(({ from, to }) => frame >= from && frame < to);
  const attention = scriptedAttention(frames, [
    ...spans.map(
      ({ from, to }) =>
        (frame: number) =>
          frame >= from && frame < to ? 0.12 : 0.0005,
    ),
    (frame) => (frame >= 54 ? 0.16 : 0.0005),
    () => 1 / 60,
  ]);
  const tokens = ['▁one', '▁two', '▁th', 'ree', '.'].map(token);
  const words = timeWords(tokenizer, sound(frames, within), tokens, attention);
  expect(words.map(({ text }) => text)).toEqual(['one', 'two', 'three.']);
  const expected = [
    [6, 14],
    [14, 22],
    [40, 54],
  ];
  for (const [index, { startMs, endMs }] of words.entries()) {
    const [from = 0, to = 0] = expected[index] ?? [];
    // Loudness is measured over more than a frame: two of them may fall to the other side.
    expect(Math.abs(startMs - frameStartMs(from))).toBeLessThanOrEqual(48);
    expect(Math.abs(endMs - frameStartMs(to))).toBeLessThanOrEqual(48);
  }
});

test('all words in order, without overlap, within the audio, whatever was looked at', () => {
  fc.assert(
    fc.property(
      fc.nat(30),
      fc.array(fc.nat(9), { maxLength: 12 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      fc.nat(12),
      fc.nat(15_000),
      (frames, tokens, shares, steps, length) => {
        const looks = Array.from({ length: steps }, () => {
          const row = Array.from({ length: frames }, () => shares.next().value ?? 0);
          return (frame: number) => row[frame] ?? 0;
        });
        const samples = new Float32Array(length).fill(0.1);
        const words = timeWords(tokenizer, samples, tokens, scriptedAttention(frames, looks));
        expect(words.map(({ text }) => text).join(' ')).toBe(
          tokenizer.decode(tokens).split(/\s+/).join(' '),
        );
        let end = 0;
        for (const { startMs, endMs } of words) {
          expect(Number.isInteger(startMs) && Number.isInteger(endMs)).toBe(true);
          expect(startMs).toBeGreaterThanOrEqual(end);
          expect(endMs).toBeGreaterThanOrEqual(startMs);
          end = endMs;
        }
        expect(end).toBeLessThanOrEqual((length * 1000) / SAMPLE_RATE);
      },
    ),
  );
});

test('nothing was said, nothing is timed', () => {
  expect(timeWords(tokenizer, new Float32Array(0), [], new CrossAttention())).toEqual([]);
});
