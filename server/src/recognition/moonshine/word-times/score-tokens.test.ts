import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scriptedAttention } from '../../../testing/scripted-attention.ts';
import { HEAD_WEIGHTS, scoreTokens } from './score-tokens.ts';

const FRAMES = 12;
const lookAt = (frame: number) => (at: number) => (at === frame ? 0.9 : 0.01);

test('a frame is the token’s whose step looked at it, until the next step looks there', () => {
  const looks = [2, 5, 9, 11].map(lookAt);
  const scores = scoreTokens(scriptedAttention(FRAMES, looks), 3);
  expect(scores).toHaveLength(3);
  for (const [token, frame] of [2, 5, 9].entries()) {
    const own = scores[token]?.[frame] ?? 0;
    expect(own).toBe(Math.max(...(scores[token] ?? [])));
    const next = scores[token]?.[[2, 5, 9, 11][token + 1] ?? 0] ?? 0;
    expect(next).toBe(Math.min(...(scores[token] ?? [])));
  }
});

test('decoding that was cut off has a score for every token', () => {
  const looks = [1, 4].map(lookAt);
  const scores = scoreTokens(scriptedAttention(FRAMES, looks), 3);
  expect(scores.map(({ length }) => length)).toEqual([FRAMES, FRAMES, FRAMES]);
  expect([...(scores[2] ?? [])]).toEqual(new Array(FRAMES).fill(0));
  expect(scoreTokens(scriptedAttention(FRAMES, []), 0)).toEqual([]);
});

test('scores are numbers, whatever the attention is', () => {
  const share = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(Number.NaN));
  fc.assert(
    fc.property(fc.array(share, { minLength: FRAMES, maxLength: FRAMES }), (row) => {
      const attention = scriptedAttention(FRAMES, [(frame) => row[frame] ?? 0, () => 0]);
      for (const scores of scoreTokens(attention, 2)) {
        expect(scores.every(Number.isFinite)).toBe(true);
      }
    }),
  );
});

test('weights may be others, as they are while they are fitted', () => {
  const attention = scriptedAttention(FRAMES, [lookAt(3), lookAt(6)]);
  const none = HEAD_WEIGHTS.before.map(() => 0);
  const [scores] = scoreTokens(attention, 1, { before: none, after: none, bias: -1.5 });
  expect([...(scores ?? [])]).toEqual(new Array(FRAMES).fill(-1.5));
});
