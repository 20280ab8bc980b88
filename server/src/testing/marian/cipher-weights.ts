import type { Dimensions, Fill } from './architecture.ts';
import { seededRandom } from './seeded-random.ts';

/** Small, but with everything that a real one has. */
export const SMALL: Dimensions = {
  encoderLayers: 2,
  decoderLayers: 2,
  width: 128,
  heads: 2,
  feedForward: 128,
};

/**
 * Marian adds a sine (first half) and a cosine (second half) of the position to each embedding; the
 * frequency falls with the index. The fast ones tell positions apart, the slow ones hardly change
 * and leave their places to what a word is.
 */
interface Places {
  /** How many fast frequencies are looked at. */
  readonly fast: number;
  /** Where the cosines begin. */
  readonly cosines: number;
  /** Where, among sines and among cosines, codes begin, and how long they are. */
  readonly codeAt: number;
  readonly codeLength: number;
}

function placesOf(width: number): Places {
  const cosines = width / 2;
  return { fast: cosines / 8, cosines, codeAt: cosines / 2, codeLength: cosines / 2 };
}

/** Two codes of a small vocabulary differ in at least so many places; long ones do by chance. */
const CODE_DISTANCE = 10;
const LARGE_VOCABULARY = 1_000;
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
export function cipherWeights(
  seed: number,
  { width, heads, decoderLayers }: Dimensions,
  cipher: readonly number[],
  targetWords: number,
): Fill {
  const { fast, cosines, codeAt, codeLength } = placesOf(width);
  const headWidth = width / heads;
  const random = seededRandom(seed);
  const codes = makeCodes(random, targetWords, codeLength);
  const bias = meanOfCosines(width);
  const lastContext = `decoder_l${decoderLayers}_context`;
  const perHead = codeLength / heads;
  /** Each place of a code, and the column of the attention heads that carries it. */
  const carried = Array.from({ length: codeLength }, (_, at) => ({
    place: at,
    column: Math.floor(at / perHead) * headWidth + (at % perHead),
  }));

  return (name, rows, columns) => {
    const values = new Float32Array(rows * columns);
    const set = (row: number, column: number, value: number) => {
      values[row * columns + column] = value;
    };
    if (name.endsWith('_ln_scale')) return values.fill(1);
    if (name.endsWith('Wemb')) {
      // Marian multiplies embeddings by the root of their width.
      const size = CODE_SIZE / Math.sqrt(width);
      for (let word = 0; word < rows; word += 1) {
        const own = codes[word];
        const other = codes[cipher[word] ?? word];
        for (let at = 0; at < codeLength; at += 1) {
          set(word, codeAt + at, size * (own?.[at] ?? 0));
          set(word, cosines + codeAt + at, size * (other?.[at] ?? 0));
        }
      }
      return values;
    }
    for (let at = 0; at < values.length; at += 1) values[at] = (random() - 0.5) * 2 * NOISE;
    if (name === `${lastContext}_Wq` || name === `${lastContext}_Wk`) {
      for (let head = 0; head < heads; head += 1) {
        const first = head * headWidth;
        for (let at = 0; at < fast; at += 1) {
          set(at, first + at, POSITION_GAIN);
          set(cosines + at, first + fast + at, POSITION_GAIN);
        }
        // Normalisation takes a mean away that differs by position; codes, balanced, tell which.
        for (let at = 0; at < 2 * fast; at += 1) {
          for (let row = 0; row < codeLength; row += 1) {
            set(codeAt + row, first + at, -POSITION_GAIN / codeLength);
          }
        }
      }
    } else if (name === `${lastContext}_Wv`) {
      for (const { place, column } of carried) set(cosines + codeAt + place, column, 1);
    } else if (name === `${lastContext}_bv`) {
      for (const { column } of carried) set(0, column, -bias);
    } else if (name === `${lastContext}_Wo`) {
      for (const { place, column } of carried) set(column, codeAt + place, WORD_GAIN);
    }
    return values;
  };
}

/** What is left of the slow cosines, nearly 1, after normalisation. */
function meanOfCosines(width: number): number {
  const { cosines, codeAt } = placesOf(width);
  let sum = 0;
  for (let position = 0; position < LONGEST; position += 1) {
    const values = new Array<number>(width);
    for (let at = 0; at < cosines; at += 1) {
      const angle = position * 10_000 ** (-at / (cosines - 1));
      // Codes are balanced: one place up, one down stands for any of them.
      const code = at < codeAt ? 0 : at % 2 === 0 ? CODE_SIZE : -CODE_SIZE;
      values[at] = Math.sin(angle) + code;
      values[cosines + at] = Math.cos(angle) + code;
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
function makeCodes(random: () => number, count: number, length: number): Int8Array[] {
  const codes: Int8Array[] = [];
  while (codes.length < count) {
    const code = Int8Array.from({ length }, (_, at) => (at % 2 === 0 ? 1 : -1));
    shuffle(code, random);
    const near =
      count < LARGE_VOCABULARY && codes.some((other) => distance(code, other) < CODE_DISTANCE);
    if (!near) codes.push(code);
  }
  return codes;
}

function distance(a: Int8Array, b: Int8Array): number {
  return a.reduce((count, value, at) => count + Number(value !== b[at]), 0);
}

function shuffle(values: Int8Array, random: () => number): void {
  for (let at = values.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const value = values[at] ?? 0;
    values[at] = values[other] ?? 0;
    values[other] = value;
  }
}
