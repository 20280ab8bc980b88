import { FileProblem } from './model-problem.ts';

const PIECE_FIELD = 1;
const TEXT_FIELD = 1;
const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;

interface Field {
  readonly number: number;
  /** Null for numbers. */
  readonly bytes: Uint8Array | null;
}

/** Pieces of a SentencePiece model (sentencepiece_model.proto), by id; throws {@link FileProblem}. */
export function readVocabularyPieces(file: Uint8Array): string[] {
  const pieces: string[] = [];
  for (const { number, bytes } of readFields(file)) {
    if (number !== PIECE_FIELD || bytes === null) continue;
    for (const part of readFields(bytes)) {
      if (part.number !== TEXT_FIELD || part.bytes === null) continue;
      pieces.push(Buffer.from(part.bytes).toString('utf8'));
    }
  }
  if (pieces.length === 0) {
    throw new FileProblem('Expected a SentencePiece vocabulary, got one without words.');
  }
  return pieces;
}

function* readFields(message: Uint8Array): Generator<Field> {
  let at = 0;
  const ended = () => new FileProblem(`Expected a SentencePiece vocabulary, got its end at ${at}.`);
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = message[at];
      if (byte === undefined) throw ended();
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new FileProblem(`Expected a SentencePiece vocabulary, got an endless number at ${at}.`);
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === WIRE_VARINT) {
      varint();
      yield { number, bytes: null };
      continue;
    }
    const length = fieldLength(wireType, varint);
    if (length === null) {
      throw new FileProblem(`Expected a SentencePiece vocabulary, got something else at ${at}.`);
    }
    if (length > message.length - at) throw ended();
    yield { number, bytes: message.subarray(at, at + length) };
    at += length;
  }
}

function fieldLength(wireType: number, varint: () => number): number | null {
  switch (wireType) {
    case WIRE_BYTES:
      return varint();
    case WIRE_FIXED32:
      return 4;
    case WIRE_FIXED64:
      return 8;
    default:
      return null;
  }
}
