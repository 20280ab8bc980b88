import { expect, test } from 'vitest';
import { ATTENTION_HEADS, ATTENTION_LAYERS, CrossAttention } from './cross-attention.ts';

const LAYERS = ATTENTION_LAYERS.length;
const HEADS = ATTENTION_HEADS / LAYERS;

/** `[heads, tokens, frames]` of each layer, every number of which tells its own place. */
function layersOf(tokens: number, frames: number, firstToken: number): Float32Array[] {
  return Array.from({ length: LAYERS }, (_, layer) =>
    Float32Array.from({ length: HEADS * tokens * frames }, (_, index) => {
      const head = Math.floor(index / (tokens * frames));
      const token = Math.floor(index / frames) % tokens;
      return (layer * HEADS + head) * 1000 + (firstToken + token) * 10 + (index % frames);
    }),
  );
}

test('tells a row of each head for each token, however many were read at once', () => {
  const attention = new CrossAttention();
  attention.append(layersOf(1, 3, 0), 1);
  attention.append(layersOf(4, 3, 1), 4);
  expect([attention.length, attention.frames]).toEqual([5, 3]);
  for (let position = 0; position < 5; position += 1) {
    for (let head = 0; head < ATTENTION_HEADS; head += 1) {
      const first = head * 1000 + position * 10;
      expect([...attention.head(position, head)]).toEqual([first, first + 1, first + 2]);
    }
  }
});

test('what is truncated is read anew', () => {
  const attention = new CrossAttention();
  attention.append(layersOf(4, 2, 0), 4);
  attention.truncate(9);
  expect(attention.length).toBe(4);
  attention.truncate(2);
  attention.append(layersOf(1, 2, 7), 1);
  expect(attention.length).toBe(3);
  expect([1, 2].map((position) => attention.head(position, 0)[0])).toEqual([10, 70]);
  attention.truncate(-1);
  expect(attention.length).toBe(0);
});

test('rows and heads that are not there are refused', () => {
  const attention = new CrossAttention();
  attention.append(layersOf(2, 2, 0), 2);
  for (const [position, head] of [
    [2, 0],
    [-1, 0],
    [0, ATTENTION_HEADS],
    [0, -1],
  ] as const) {
    expect(() => attention.head(position, head)).toThrow(RangeError);
  }
});

test('attention of another shape is refused', () => {
  const attention = new CrossAttention();
  attention.append(layersOf(1, 3, 0), 1);
  const damaged = expect.objectContaining({ code: 'model_damaged' });
  expect(() => attention.append([], 1)).toThrow(damaged);
  expect(() => attention.append(layersOf(1, 3, 0).slice(1), 1)).toThrow(damaged);
  expect(() => attention.append(layersOf(1, 4, 0), 1)).toThrow(damaged);
  expect(() => attention.append(layersOf(1, 3, 0), 2)).toThrow(damaged);
  const [first = new Float32Array(0)] = layersOf(1, 3, 0);
  expect(() => attention.append([first, first.subarray(1)], 1)).toThrow(damaged);
});
