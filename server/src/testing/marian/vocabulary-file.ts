/** Ids that Marian's SentencePiece vocabularies begin with. */
export const END_OF_SENTENCE = 0;
export const UNKNOWN = 1;

const PIECE_NORMAL = 1;
const PIECE_UNKNOWN = 2;
const PIECE_CONTROL = 3;
const UNIGRAM = 1;
const ABSENT = -1;
/** Longer pieces are better: the best segmentation has the fewest pieces. */
const SCORE_PER_PIECE = -10;

const WIRE_VARINT = 0;
const WIRE_BYTES = 2;
const WIRE_FLOAT = 5;

/**
 * A SentencePiece unigram vocabulary (sentencepiece_model.proto) without normalisation: `</s>`,
 * `<unk>`, then these pieces.
 */
export function writeVocabularyFile(pieces: readonly string[]): Uint8Array {
  const size = pieces.length + 2;
  return Buffer.concat([
    bytesField(1, pieceMessage('</s>', 0, PIECE_CONTROL)),
    bytesField(1, pieceMessage('<unk>', 0, PIECE_UNKNOWN)),
    ...pieces.map((piece) =>
      bytesField(1, pieceMessage(piece, SCORE_PER_PIECE - 1 / piece.length, PIECE_NORMAL)),
    ),
    bytesField(
      2,
      Buffer.concat([
        varintField(3, UNIGRAM),
        varintField(4, size),
        varintField(40, UNKNOWN),
        varintField(41, ABSENT),
        varintField(42, END_OF_SENTENCE),
        varintField(43, ABSENT),
      ]),
    ),
    bytesField(3, bytesField(1, Buffer.from('identity'))),
  ]);
}

function pieceMessage(piece: string, score: number, type: number): Buffer {
  const float = Buffer.alloc(4);
  float.writeFloatLE(score);
  return Buffer.concat([
    bytesField(1, Buffer.from(piece)),
    tag(2, WIRE_FLOAT),
    float,
    varintField(3, type),
  ]);
}

function bytesField(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([tag(field, WIRE_BYTES), varint(BigInt(bytes.length)), bytes]);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([tag(field, WIRE_VARINT), varint(BigInt.asUintN(64, BigInt(value)))]);
}

function tag(field: number, wireType: number): Buffer {
  return varint(BigInt((field << 3) | wireType));
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
