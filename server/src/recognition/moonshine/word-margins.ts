import { splitWords } from '../../../../shared/words.ts';
import type { Tokenizer } from './tokenizer.ts';

const SPACE = /[\s▁]/u;

/**
 * The least margin among each word's tokens: one number for each word that
 * `tokenizer.decode(tokens)` has between its spaces.
 */
export function wordMargins(
  tokenizer: Tokenizer,
  tokens: readonly number[],
  margins: readonly number[],
): number[] {
  const least: number[] = [];
  let inWord = false;
  for (const [index, token] of tokens.entries()) {
    const margin = margins[index] ?? 0;
    let touched = least.length;
    for (const character of Buffer.from(tokenizer.piece(token) ?? []).toString('utf8')) {
      const space = SPACE.test(character);
      if (!space && !inWord) least.push(Number.POSITIVE_INFINITY);
      // A piece that goes on with a word counts for it; its first character tells.
      if (!space && inWord) touched = Math.min(touched, least.length - 1);
      inWord = !space;
    }
    for (let word = touched; word < least.length; word += 1) {
      least[word] = Math.min(least[word] ?? margin, margin);
    }
  }
  const words = splitWords(tokenizer.decode(tokens)).length;
  // Torn characters are left out of the text; whatever then lacks a margin is not sure at all.
  return Array.from({ length: words }, (_, word) => least[word] ?? 0);
}
