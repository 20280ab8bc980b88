import type { Tokenizer } from '../tokenizer.ts';

/** A word of a text and the tokens that it is made of. */
export interface TokenWord {
  readonly text: string;
  /**
   * Indices of the tokens that are spoken; of all its tokens where none has a letter or a digit.
   * A token is one word's alone: where it holds two, the second may have none.
   */
  readonly tokens: readonly number[];
}

const SPACE = /[\s▁]/u;
const SPOKEN = /[\p{L}\p{N}]/u;

/** The words that `tokenizer.decode(tokens)` has between its spaces, with the tokens of each. */
export function tokenWords(tokenizer: Tokenizer, tokens: readonly number[]): TokenWord[] {
  const words: { text: string; tokens: { index: number; spoken: boolean }[] }[] = [];
  // A character's bytes may come from several tokens: it belongs to the one that completes it.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let inWord = false;
  for (const [index, token] of tokens.entries()) {
    const piece = tokenizer.piece(token);
    if (piece === null) continue;
    let own: { index: number; spoken: boolean } | null = null;
    for (const character of decoder.decode(piece, { stream: true }).replaceAll('\u{fffd}', '')) {
      const space = SPACE.test(character);
      if (!space && !inWord) words.push({ text: '', tokens: [] });
      inWord = !space;
      const word = words.at(-1);
      if (space || word === undefined) continue;
      word.text += character;
      if (own === null) {
        own = { index, spoken: false };
        word.tokens.push(own);
      }
      if (SPOKEN.test(character)) own.spoken = true;
    }
  }
  return words.map((word) => {
    const spoken = word.tokens.filter((token) => token.spoken);
    return {
      text: word.text,
      tokens: (spoken.length > 0 ? spoken : word.tokens).map(({ index }) => index),
    };
  });
}
