import { expect, test } from 'vitest';
import { isDraftToken, Tokenizer, VOCABULARY_SIZE } from './tokenizer.ts';

/** A vocabulary file whose tokens from 3 on are these; all others are empty. */
function file(...texts: (string | Uint8Array)[]): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let token = 0; token < VOCABULARY_SIZE; token += 1) {
    const bytes = Buffer.from(texts[token - 3] ?? '');
    const length = bytes.length;
    chunks.push(Uint8Array.from(length < 128 ? [length] : [128 + (length % 128), length >> 7]));
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

test('joins pieces, spaces and bytes of one character', () => {
  const euro = Buffer.from('€');
  const tokenizer = new Tokenizer(file('▁costs', '▁5', euro.subarray(0, 1), euro.subarray(1), '.'));
  expect(tokenizer.decode([3, 4, 5, 6, 7])).toBe('costs 5€.');
  expect(tokenizer.decode([])).toBe('');
});

test('a character that was torn apart is left out', () => {
  const tokenizer = new Tokenizer(file('a', Buffer.from('€').subarray(0, 2)));
  expect(tokenizer.decode([3, 4])).toBe('a');
});

test('marks are no text, and numbers outside of the vocabulary neither', () => {
  const tokenizer = new Tokenizer(file('a'));
  expect(tokenizer.decode([0, 1, 3, 2, 32_000, 32_767, 99_999, -1])).toBe('a');
});

test('pieces may be longer than a byte can tell', () => {
  const long = 'x'.repeat(300);
  expect(new Tokenizer(file('a', long, 'b')).decode([3, 4, 5])).toBe(`a${long}b`);
});

test('a file that is cut off or too short is damaged', () => {
  const whole = file('abc');
  for (const broken of [whole.subarray(0, 5), whole.subarray(0, 5000), new Uint8Array(0)]) {
    expect(() => new Tokenizer(broken)).toThrow(expect.objectContaining({ code: 'model_damaged' }));
  }
  expect(() => new Tokenizer(Buffer.concat([whole, Uint8Array.of(0)]))).toThrow('32769');
});

test('drafts carry text and marks of the vocabulary only', () => {
  expect([3, 31_999, 32_767].every(isDraftToken)).toBe(true);
  expect([0, 1, 2, 32_768, -3, 3.5, Number.NaN].some(isDraftToken)).toBe(false);
});
