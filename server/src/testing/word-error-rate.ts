/** Lower case words without punctuation, as references of the speech corpus are written. */
export function normalizeWords(text: string): string[] {
  return text
    .toLowerCase()
    .replaceAll(/[’‘`]/g, "'")
    .replaceAll(/[^\p{L}\p{N}']+/gu, ' ')
    .split(' ')
    .map((word) => word.replaceAll(/^'+|'+$/g, ''))
    .filter((word) => word !== '');
}

/** Fewest insertions, deletions and replacements between two word lists (Levenshtein 1966). */
export function countWordErrors(reference: readonly string[], heard: readonly string[]): number {
  let previous = Array.from({ length: heard.length + 1 }, (_, index) => index);
  for (const [row, word] of reference.entries()) {
    const current = [row + 1];
    for (const [column, candidate] of heard.entries()) {
      current.push(
        Math.min(
          (previous[column + 1] ?? 0) + 1,
          (current[column] ?? 0) + 1,
          (previous[column] ?? 0) + (word === candidate ? 0 : 1),
        ),
      );
    }
    previous = current;
  }
  return previous[heard.length] ?? 0;
}

/** Word errors over reference words of all pairs together; 0 where no reference has a word. */
export function wordErrorRate(pairs: Iterable<{ reference: string; heard: string }>): number {
  let errors = 0;
  let words = 0;
  for (const { reference, heard } of pairs) {
    const expected = normalizeWords(reference);
    errors += countWordErrors(expected, normalizeWords(heard));
    words += expected.length;
  }
  return words === 0 ? 0 : errors / words;
}
