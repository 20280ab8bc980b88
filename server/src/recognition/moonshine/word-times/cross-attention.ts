import { AppError } from '../../../../../shared/errors.ts';

/** Layers of the decoder whose cross-attention follows the speech best, by measurement. */
export const ATTENTION_LAYERS: readonly number[] = [3, 4];
const HEADS = 8;
/** Heads of all these layers, one layer after the other. */
export const ATTENTION_HEADS = ATTENTION_LAYERS.length * HEADS;

interface Row {
  readonly layers: readonly Float32Array[];
  /** Which of `of` tokens that were read at once. */
  readonly index: number;
  readonly of: number;
}

/** Where the decoder looked while it read each token of one utterance: a row for each token. */
export class CrossAttention {
  readonly #rows: Row[] = [];
  #frames = 0;

  /** Rows of the next `tokens` tokens, `[heads, tokens, frames]` of each layer. Keeps the arrays. */
  append(layers: readonly Float32Array[], tokens: number): void {
    const [first] = layers;
    const frames = first === undefined ? 0 : first.length / (HEADS * tokens);
    const fits =
      layers.length === ATTENTION_LAYERS.length &&
      Number.isInteger(frames) &&
      layers.every(({ length }) => length === first?.length) &&
      (this.#rows.length === 0 || frames === this.#frames);
    if (!fits) {
      const got = layers.map(({ length }) => length).join(' and ');
      throw new AppError('model_damaged', `Expected attention of ${tokens} tokens, got ${got}.`);
    }
    this.#frames = frames;
    for (let index = 0; index < tokens; index += 1) this.#rows.push({ layers, index, of: tokens });
  }

  /** Forgets everything but the first `length` rows. */
  truncate(length: number): void {
    if (length < this.#rows.length) this.#rows.length = Math.max(0, length);
  }

  /** Tokens read. */
  get length(): number {
    return this.#rows.length;
  }

  /** Frames of the audio: the encoder makes one of 24 ms. */
  get frames(): number {
    return this.#frames;
  }

  /** How much one head looked at each frame, while it read the token at `position`. */
  head(position: number, head: number): Float32Array {
    const row = this.#rows[position];
    if (row === undefined || head < 0 || head >= ATTENTION_HEADS) {
      throw new RangeError(`Expected a row below ${this.length}, got ${position}.`);
    }
    const start = ((head % HEADS) * row.of + row.index) * this.#frames;
    const layer = row.layers[Math.floor(head / HEADS)] ?? new Float32Array(0);
    return layer.subarray(start, start + this.#frames);
  }
}
