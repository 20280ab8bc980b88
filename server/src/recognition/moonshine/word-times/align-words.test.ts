import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignWords } from './align-words.ts';

const SURE = 5;

/** A word of some tokens, each as long as told, behind a pause. */
const spokenWord = fc.record({
  pause: fc.oneof(fc.constant(0), fc.integer({ min: 2, max: 6 })),
  tokens: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
});

const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);

test('finds every word where it sounds, and the pauses between them', () => {
  fc.assert(
    fc.property(fc.array(spokenWord, { minLength: 1, maxLength: 6 }), fc.nat(5), (spoken, end) => {
      const frames = sum(spoken.map(({ pause, tokens }) => pause + sum(tokens))) + end;
      const silence = new Float32Array(frames).fill(SURE);
      let at = 0;
      const words = spoken.map(({ pause, tokens }) => {
        at += pause;
        return tokens.map((length) => {
          const scores = new Float32Array(frames).fill(-SURE).fill(SURE, at, at + length);
          silence.fill(-SURE, at, at + length);
          at += length;
          return scores;
        });
      });
      at = 0;
      const expected = spoken.map(({ pause, tokens }) => {
        const from = at + pause;
        at = from + sum(tokens);
        return { from, to: at };
      });
      expect(alignWords(words, silence)).toEqual(expected);
    }),
  );
});

const score = fc.double({ min: -50, max: 50, noNaN: true });

test('whatever the scores are, words come in order, whole, and within the audio', () => {
  fc.assert(
    fc.property(
      fc
        .nat(20)
        .chain((frames) =>
          fc.tuple(
            fc.array(
              fc.array(fc.array(score, { minLength: frames, maxLength: frames }), { maxLength: 3 }),
              { maxLength: 5 },
            ),
            fc.array(score, { minLength: frames, maxLength: frames }),
          ),
        ),
      ([words, silence]) => {
        const spans = alignWords(
          words.map((tokens) => tokens.map((scores) => Float32Array.from(scores))),
          Float32Array.from(silence),
        );
        expect(spans).toHaveLength(words.length);
        const enough = silence.length >= sum(words.map(({ length }) => length));
        let end = 0;
        for (const [index, { from, to }] of spans.entries()) {
          expect(from).toBeGreaterThanOrEqual(end);
          expect(to).toBeLessThanOrEqual(silence.length);
          expect(to - from).toBeGreaterThanOrEqual(enough ? (words[index]?.length ?? 0) : 0);
          end = to;
        }
      },
    ),
  );
});

test('the closure of a plosive is no pause', () => {
  const frames = 10;
  const first = new Float32Array(frames).fill(1, 0, 6).fill(-1, 6);
  const second = new Float32Array(frames).fill(-1, 0, 6).fill(1, 6);
  const closure = new Float32Array(frames).fill(-9);
  closure[5] = 3;
  expect(alignWords([[first], [second]], closure)).toEqual([
    { from: 0, to: 6 },
    { from: 6, to: 10 },
  ]);
  const pause = closure.slice().fill(3, 4, 7);
  expect(alignWords([[first], [second]], pause)).toEqual([
    { from: 0, to: 4 },
    { from: 7, to: 10 },
  ]);
});

test('a word without sound has a place, but no length', () => {
  const frames = 4;
  const heard = new Float32Array(frames).fill(1);
  expect(alignWords([[], [heard], []], new Float32Array(frames).fill(-9))).toEqual([
    { from: 0, to: 0 },
    { from: 0, to: 4 },
    { from: 4, to: 4 },
  ]);
});

test('more tokens than frames share them', () => {
  const token = new Float32Array(2);
  expect(alignWords([[token, token], [token], [token]], token)).toEqual([
    { from: 0, to: 1 },
    { from: 1, to: 1 },
    { from: 1, to: 2 },
  ]);
  expect(alignWords([[]], token)).toEqual([{ from: 0, to: 0 }]);
  expect(alignWords([], new Float32Array(0))).toEqual([]);
});
