import type { Tokenizer } from '../../server/src/recognition/moonshine/tokenizer.ts';
import {
  ATTENTION_HEADS,
  type CrossAttention,
} from '../../server/src/recognition/moonshine/word-times/cross-attention.ts';
import { frameStartMs } from '../../server/src/recognition/moonshine/word-times/frame-clock.ts';
import {
  type HeadWeights,
  LEAST_ATTENTION,
} from '../../server/src/recognition/moonshine/word-times/score-tokens.ts';
import { tokenWords } from '../../server/src/recognition/moonshine/word-times/token-words.ts';
import { normalizeWords } from '../../server/src/testing/word-error-rate.ts';
import { matchWords } from './match-words.ts';
import type { ReadClip } from './read-clips.ts';

/** Frames this far from a token teach what does not belong to it. */
const REACH_MS = 500;
/** Heads of the step before and after, and the bias. */
const SIZE = 2 * ATTENTION_HEADS + 1;
const ROUNDS = 12;
/** Keeps heads that say the same from working against each other. */
const RIDGE = 10;

interface Spoken {
  readonly attention: CrossAttention;
  readonly token: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Weights with which the attention tells best whether a frame belongs to a token: logistic
 * regression by Newton's method. A word's time is shared by its tokens according to their letters.
 */
export function fitWeights(tokenizer: Tokenizer, clips: readonly ReadClip[]): HeadWeights {
  const spoken = clips.flatMap((clip) => spokenTokens(tokenizer, clip));
  const weights = new Float64Array(SIZE);
  for (let round = 0; round < ROUNDS; round += 1) {
    const gradient = weights.map((weight) => -RIDGE * weight);
    const hessian = Array.from({ length: SIZE }, (_, row) => {
      const line = new Float64Array(SIZE);
      line[row] = RIDGE;
      return line;
    });
    for (const token of spoken) addToken(token, weights, gradient, hessian);
    for (const [index, step] of solve(hessian, gradient).entries()) {
      weights[index] = (weights[index] ?? 0) + step;
    }
  }
  const rounded = [...weights].map((weight) => Math.round(weight * 100) / 100);
  return {
    before: rounded.slice(0, ATTENTION_HEADS),
    after: rounded.slice(ATTENTION_HEADS, 2 * ATTENTION_HEADS),
    bias: rounded.at(-1) ?? 0,
  };
}

function spokenTokens(tokenizer: Tokenizer, { tokens, attention, reference }: ReadClip): Spoken[] {
  const words = tokenWords(tokenizer, tokens);
  const pairs = matchWords(
    words.map(({ text }) => normalizeWords(text).join(' ')),
    reference.map(({ text }) => text),
  );
  return pairs.flatMap(([heard, said]) => {
    const [word, times] = [words[heard], reference[said]];
    if (word === undefined || times === undefined) return [];
    const letters = word.tokens.map((token) =>
      Math.max(1, tokenizer.decode([tokens[token] ?? 0]).length),
    );
    const all = letters.reduce((sum, count) => sum + count, 0);
    const lengthMs = times.endMs - times.startMs;
    let before = 0;
    return word.tokens.flatMap((token, index) => {
      const fromMs = times.startMs + (lengthMs * before) / all;
      before += letters[index] ?? 0;
      const toMs = times.startMs + (lengthMs * before) / all;
      return token + 1 < attention.length ? [{ attention, token, fromMs, toMs }] : [];
    });
  });
}

/** Adds what the frames around one token say to the gradient and the upper half of the Hessian. */
function addToken(
  { attention, token, fromMs, toMs }: Spoken,
  weights: Float64Array,
  gradient: Float64Array,
  hessian: readonly Float64Array[],
): void {
  const heads = Array.from({ length: 2 * ATTENTION_HEADS }, (_, index) =>
    attention.head(token + Math.floor(index / ATTENTION_HEADS), index % ATTENTION_HEADS),
  );
  const values = new Float64Array(SIZE).fill(1);
  for (let frame = 0; frame < attention.frames; frame += 1) {
    const centreMs = (frameStartMs(frame) + frameStartMs(frame + 1)) / 2;
    if (centreMs < fromMs - REACH_MS || centreMs >= toMs + REACH_MS) continue;
    let score = weights[SIZE - 1] ?? 0;
    for (const [index, head] of heads.entries()) {
      const value = Math.log((head[frame] ?? 0) + LEAST_ATTENTION);
      values[index] = value;
      score += value * (weights[index] ?? 0);
    }
    const probability = 1 / (1 + Math.exp(-score));
    const target = centreMs >= fromMs && centreMs < toMs ? 1 : 0;
    const curvature = probability * (1 - probability);
    for (let row = 0; row < SIZE; row += 1) {
      const value = values[row] as number;
      gradient[row] = (gradient[row] as number) + (target - probability) * value;
      const line = hessian[row] as Float64Array;
      const factor = curvature * value;
      for (let column = row; column < SIZE; column += 1) {
        line[column] = (line[column] as number) + factor * (values[column] as number);
      }
    }
  }
}

/** Solves a symmetric positive definite system, of which the upper half is given, by Cholesky. */
function solve(upper: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  const at = (row: number, column: number) => upper[row]?.[column] ?? 0;
  const lower = Array.from({ length: size }, () => new Float64Array(size));
  const low = (row: number, column: number) => lower[row]?.[column] ?? 0;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = at(column, row);
      for (let inner = 0; inner < column; inner += 1) sum -= low(row, inner) * low(column, inner);
      (lower[row] as Float64Array)[column] =
        row === column ? Math.sqrt(sum) : sum / low(column, column);
    }
  }
  const result = right.slice();
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < row; column += 1) {
      result[row] = (result[row] ?? 0) - low(row, column) * (result[column] ?? 0);
    }
    result[row] = (result[row] ?? 0) / low(row, row);
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let below = row + 1; below < size; below += 1) {
      result[row] = (result[row] ?? 0) - low(below, row) * (result[below] ?? 0);
    }
    result[row] = (result[row] ?? 0) / low(row, row);
  }
  return result;
}
