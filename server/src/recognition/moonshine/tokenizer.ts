import { AppError } from '../../../../shared/errors.ts';

/** Begins every decoding. */
export const START_TOKEN = 1;
/** The model's own end of an utterance. */
export const END_TOKEN = 2;
/** Logits per token; also the number of entries in tokenizer.bin. */
export const VOCABULARY_SIZE = 32_768;

/** Tokens 0 to 2 and those from here on are marks (`<unk>`, `<<ST_0>>`), never text. */
const FIRST_TEXT_TOKEN = 3;
const FIRST_MARK_TOKEN = 32_000;
/** U+2581, which stands for a space. */
const SPACE_MARK = '▁';

/** Moonshine's vocabulary: bytes of text for each token. */
export class Tokenizer {
  readonly #pieces: readonly Uint8Array[];

  /**
   * Reads tokenizer.bin: for each token a length (one byte; from 128 on a second byte, value =
   * second × 128 + first − 128) and so many bytes. Throws `model_damaged`.
   */
  constructor(file: Uint8Array) {
    const pieces: Uint8Array[] = [];
    let at = 0;
    while (at < file.length) {
      const first = file[at] ?? 0;
      at += 1;
      let length = first;
      if (first >= 128) {
        length = (file[at] ?? 0) * 128 + first - 128;
        at += 1;
      }
      if (at + length > file.length) throw damaged('whole tokens', 'a truncated one');
      pieces.push(file.subarray(at, at + length));
      at += length;
    }
    if (pieces.length !== VOCABULARY_SIZE) {
      throw damaged(`${VOCABULARY_SIZE} tokens`, `${pieces.length}`);
    }
    this.#pieces = pieces;
  }

  /** The bytes of one token that stands for text, or null. */
  piece(token: number): Uint8Array | null {
    if (token < FIRST_TEXT_TOKEN || token >= FIRST_MARK_TOKEN) return null;
    return this.#pieces[token] ?? null;
  }

  /** Text without spaces around it; characters that a cut tore apart are left out. */
  decode(tokens: readonly number[]): string {
    const pieces = tokens.map((token) => this.piece(token)).filter((piece) => piece !== null);
    const text = Buffer.concat(pieces).toString('utf8');
    return text.replaceAll(SPACE_MARK, ' ').replaceAll('\u{fffd}', '').trim();
  }
}

/** Whether a draft may carry it: a token of the vocabulary that neither begins nor ends a text. */
export function isDraftToken(token: number): boolean {
  return Number.isInteger(token) && token >= FIRST_TEXT_TOKEN && token < VOCABULARY_SIZE;
}

function damaged(expected: string, got: string): AppError {
  return new AppError('model_damaged', `tokenizer.bin: expected ${expected}, got ${got}.`);
}
