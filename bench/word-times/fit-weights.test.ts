import { expect, test } from 'vitest';
import { ATTENTION_HEADS } from '../../server/src/recognition/moonshine/word-times/cross-attention.ts';
import { frameStartMs } from '../../server/src/recognition/moonshine/word-times/frame-clock.ts';
import { scoreTokens } from '../../server/src/recognition/moonshine/word-times/score-tokens.ts';
import { timeWords } from '../../server/src/recognition/moonshine/word-times/time-words.ts';
import { scriptedAttention } from '../../server/src/testing/scripted-attention.ts';
import { scriptedTokenizer } from '../../server/src/testing/scripted-tokenizer.ts';
import { fitWeights } from './fit-weights.ts';

const FRAMES = 60;
const { tokenizer, token } = scriptedTokenizer(['▁one', '▁two', '▁three']);
const tokens = ['▁one', '▁two', '▁three'].map(token);
const bounds = [5, 17, 33, 50];

/** Heads that look where a word is said, and somewhere else now and then. */
function clip() {
  const attention = scriptedAttention(
    FRAMES,
    [...bounds.keys()].map((step) => (frame: number) => {
      const [from = FRAMES, to = FRAMES] = [bounds[step], bounds[step + 1]];
      const looked = frame >= from && frame < to;
      return looked !== (frame * 7 + step) % 11 > 9 ? 0.08 : 0.002;
    }),
  );
  const reference = ['one', 'two', 'three'].map((text, index) => ({
    text,
    startMs: frameStartMs(bounds[index] ?? 0),
    endMs: frameStartMs(bounds[index + 1] ?? 0),
  }));
  return {
    id: 'clip',
    samples: new Float32Array(FRAMES * 384),
    reference,
    tokens,
    attention,
  };
}

test('weights that are fitted find the words that they were fitted on', () => {
  const fitted = clip();
  const weights = fitWeights(tokenizer, [fitted]);
  const scores = scoreTokens(fitted.attention, tokens.length, weights);
  for (const [index, from] of bounds.slice(0, -1).entries()) {
    const to = bounds[index + 1] ?? 0;
    const inside = scores[index]?.subarray(from + 1, to - 1) ?? [];
    expect([...inside].filter((score) => score > 0).length / inside.length).toBeGreaterThan(0.6);
  }
  const times = timeWords(tokenizer, fitted.samples, tokens, fitted.attention, weights);
  for (const [index, { startMs }] of times.entries()) {
    expect(Math.abs(startMs - (fitted.reference[index]?.startMs ?? 0))).toBeLessThan(100);
  }
});

test('where no word was heard right, nothing is learned', () => {
  const { before, after, bias } = fitWeights(tokenizer, [{ ...clip(), reference: [] }]);
  expect(new Set([...before, ...after, bias])).toEqual(new Set([0]));
  expect([before.length, after.length]).toEqual([ATTENTION_HEADS, ATTENTION_HEADS]);
});
