import { Tokenizer, VOCABULARY_SIZE } from '../recognition/moonshine/tokenizer.ts';

type Piece = string | readonly number[];

/** A tokenizer for tests whose tokens from 3 on are these pieces, and all others empty. */
export function scriptedTokenizer(pieces: readonly Piece[]) {
  const chunks: Uint8Array[] = [];
  for (let token = 0; token < VOCABULARY_SIZE; token += 1) {
    const piece = pieces[token - 3] ?? '';
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : Uint8Array.from(piece);
    chunks.push(Uint8Array.of(bytes.length), bytes);
  }
  return {
    tokenizer: new Tokenizer(Buffer.concat(chunks)),
    token: (piece: Piece) => 3 + pieces.indexOf(piece),
  };
}
