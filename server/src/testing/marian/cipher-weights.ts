import type { Fill } from './architecture.ts';
import { seededRandom } from './seeded-random.ts';
import { END_OF_SENTENCE } from './vocabulary-file.ts';

/** Sizes that the hand-made weights below need. */
export const CIPHER_DIMENSIONS = {
  encoderLayers: 2,
  decoderLayers: 2,
  width: 128,
  heads: 2,
  feedForward: 128,
} as const;

const { width, heads, decoderLayers } = CIPHER_DIMENSIONS;
const HEAD = width / heads;
/**
 * Marian adds a sine (first half) and a cosine (second half) of the position to each embedding; the
 * frequency falls with the index. The fast ones tell positions apart, the slow ones hardly change
 * and leave their places to what a word is.
 */
const FREQUENCIES = width / 2;
const FAST = 8;
const CODE_AT = 32;
const CODE_LENGTH = FREQUENCIES - CODE_AT;
/** Two codes differ in at least so many places. */
const CODE_DISTANCE = 10;
const CODE_SIZE = 2.5;
/** Makes attention look at one position only. */
const POSITION_GAIN = 16;
/** Makes the word attended to louder than the one before. */
const WORD_GAIN = 12;
/** So that no parameter is empty: 8-bit scales come from the largest value. */
const NOISE = 0.004;
const LONGEST = 100;

/**
 * Weights that translate word by word: target word number `t` is the cipher of source word number
 * `t`. The embedding of a source word carries the code of its cipher in its second half, which the
 * decoder's last layer, looking at its own position, copies to where the output expects it.
 */
export function cipherWeights(seed: number, cipher: readonly number[], targetWords: number): Fill {
  const codes = makeCodes(seed, targetWords);
  const random = seededRandom(seed);
  const bias = meanOfCosines();
  const lastContext = `decoder_l${decoderLayers}_context`;

  return (name, rows, columns) => {
    const values = new Float32Array(rows * columns);
    const set = (row: number, column: number, value: number) => {
      values[row * columns + column] = value;
    };
    if (name.endsWith('_ln_scale')) return values.fill(1);
    for (let at = 0; at < values.length; at += 1) values[at] = (random() - 0.5) * 2 * NOISE;
    if (name.endsWith('Wemb')) {
      // Marian multiplies embeddings by the root of their width.
      const size = CODE_SIZE / Math.sqrt(width);
      values.fill(0);
      for (let word = 0; word < rows; word += 1) {
        const own = codes[word];
        const other = codes[cipher[word] ?? word];
        for (let at = 0; at < CODE_LENGTH; at += 1) {
          set(word, CODE_AT + at, size * (own?.[at] ?? 0));
          set(word, FREQUENCIES + CODE_AT + at, size * (other?.[at] ?? 0));
        }
      }
    } else if (name === `${lastContext}_Wq` || name === `${lastContext}_Wk`) {
      for (let head = 0; head < heads; head += 1) {
        for (let at = 0; at < FAST; at += 1) {
          set(at, head * HEAD + at, POSITION_GAIN);
          set(FREQUENCIES + at, head * HEAD + FAST + at, POSITION_GAIN);
        }
        // Normalisation takes a mean away that differs by position; codes, balanced, tell which.
        for (let at = 0; at < 2 * FAST; at += 1) {
          for (let row = 0; row < CODE_LENGTH; row += 1) {
            set(CODE_AT + row, head * HEAD + at, -POSITION_GAIN / CODE_LENGTH);
          }
        }
      }
    } else if (name === `${lastContext}_Wv`) {
      for (const [row, column] of codePlaces()) set(FREQUENCIES + CODE_AT + row, column, 1);
    } else if (name === `${lastContext}_bv`) {
      for (const [, column] of codePlaces()) set(0, column, -bias);
    } else if (name === `${lastContext}_Wo`) {
      for (const [row, column] of codePlaces()) set(column, CODE_AT + row, WORD_GAIN);
    }
    return values;
  };
}

/** Each place of a code, and the column of the attention heads that carries it. */
function codePlaces(): [number, number][] {
  const perHead = CODE_LENGTH / heads;
  return Array.from({ length: CODE_LENGTH }, (_, at) => [
    at,
    Math.floor(at / perHead) * HEAD + (at % perHead),
  ]);
}

/** What is left of the slow cosines, nearly 1, after normalisation. */
function meanOfCosines(): number {
  let sum = 0;
  for (let position = 0; position < LONGEST; position += 1) {
    const values = new Array<number>(width);
    for (let at = 0; at < FREQUENCIES; at += 1) {
      const angle = position * 10_000 ** (-at / (FREQUENCIES - 1));
      // Codes are balanced: one place up, one down stands for any of them.
      const code = at < CODE_AT ? 0 : at % 2 === 0 ? CODE_SIZE : -CODE_SIZE;
      values[at] = Math.sin(angle) + code;
      values[FREQUENCIES + at] = Math.cos(angle) + code;
    }
    const mean = values.reduce((total, value) => total + value, 0) / width;
    const deviation = Math.sqrt(
      values.reduce((total, value) => total + (value - mean) ** 2, 0) / width,
    );
    sum += (1 - mean) / deviation;
  }
  return sum / LONGEST;
}

/** Random codes of ±1, as many up as down, far from each other. */
function makeCodes(seed: number, count: number): number[][] {
  const random = seededRandom(seed + 1);
  const codes: number[][] = [];
  while (codes.length < count) {
    const code = shuffled(
      Array.from({ length: CODE_LENGTH }, (_, at) => (at % 2 === 0 ? 1 : -1)),
      random,
    );
    const near = codes.some((other) => distance(code, other) < CODE_DISTANCE);
    if (!near) codes.push(code);
  }
  return codes;
}

function distance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((count, value, at) => count + Number(value !== b[at]), 0);
}

function shuffled(values: readonly number[], random: () => number): number[] {
  const left = [...values];
  return values.map(() => left.splice(Math.floor(random() * left.length), 1)[0] ?? 0);
}

/** The cipher of every word of a vocabulary: `</s>` stays, or no sentence would end. */
export function cipherIds(
  source: readonly string[],
  target: readonly string[],
  encipher: (piece: string) => string,
): number[] {
  const ids = new Map(target.map((piece, at) => [piece, at + 2]));
  return [
    END_OF_SENTENCE,
    1,
    ...source.map((piece) => {
      const id = ids.get(encipher(piece));
      if (id === undefined) throw new RangeError(`Expected a cipher for "${piece}", got none.`);
      return id;
    }),
  ];
}
