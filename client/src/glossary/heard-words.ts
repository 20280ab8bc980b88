import { MAX_TERM_LENGTH } from '../../../shared/limits.ts';

/** What somebody picked out of the captions, as a spelling for the list; null where it is none. */
export function heardWords(picked: string): string | null {
  const words = picked
    .replace(/[\s,،、，]+/gu, ' ')
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  return words === '' || words.length > MAX_TERM_LENGTH ? null : words;
}
