/**
 * Tokenizer `13a` of sacrebleu 2.6 (after mteval-v13a), which BLEU scores are compared with: ASCII
 * punctuation apart, full stops and commas unless between digits, a dash after a digit.
 */
export function tokenize13a(line: string): string[] {
  const plain = line
    .replaceAll('<skipped>', '')
    .replaceAll('-\n', '')
    .replaceAll('\n', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
  return splitWords(
    ` ${plain} `
      .replace(/([{-~[-` -&(-+:-@/])/gu, ' $1 ')
      .replace(/([^0-9])([.,])/gu, '$1 $2 ')
      .replace(/([.,])([^0-9])/gu, ' $1 $2')
      .replace(/([0-9])(-)/gu, '$1 $2 '),
  );
}

/** What Python's `str.split()` takes for white space; JavaScript's `\s` differs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python splits at these separators
const PYTHON_SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

export function splitWords(text: string): string[] {
  return text.split(PYTHON_SPACES).filter((word) => word !== '');
}
