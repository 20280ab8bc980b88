import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitPieces } from './text-pieces.ts';

const texts = (text: string, maxChars: number) =>
  splitPieces(text, maxChars).map((piece) => piece.text);

describe('splitPieces', () => {
  it('cuts at line breaks and keeps them', () => {
    expect(splitPieces('One.\n\n Two.\r\nThree', 99)).toEqual([
      { text: 'One.', separator: '\n\n' },
      { text: ' Two.', separator: '\r\n' },
      { text: 'Three', separator: '' },
    ]);
  });

  it('cuts long lines after the last sentence that fits', () => {
    expect(texts('One two. Three four. Five six.', 24)).toEqual([
      'One two. Three four.',
      'Five six.',
    ]);
  });

  it('cuts between words where no sentence ends, between characters where no word does', () => {
    expect(texts('one two three', 9)).toEqual(['one two', 'three']);
    expect(texts('aaaaaaa', 3)).toEqual(['aaa', 'aaa', 'a']);
  });

  it('never cuts a character in half', () => {
    expect(texts('a😀😀', 2)).toEqual(['a', '😀', '😀']);
  });

  it('loses nothing and keeps to the limit', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab. !?\n\t"😀') }),
        fc.integer({ min: 2, max: 20 }),
        (text, maxChars) => {
          const pieces = splitPieces(text, maxChars);
          expect(pieces.map((piece) => piece.text + piece.separator).join('')).toBe(text);
          for (const piece of pieces) expect(piece.text.length).toBeLessThanOrEqual(maxChars);
        },
      ),
    );
  });
});
