import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasLetters, splitSentences } from './sentences.ts';

const LONG = 1_000;
const textsOf = (text: string, language = 'en') =>
  splitSentences(text, language, LONG).map((sentence) => sentence.text);

test('cuts after sentences and at line breaks, and keeps what stands between', () => {
  expect(splitSentences('One dog.  Two cats!\n\nIs it? "Yes."', 'en', LONG)).toEqual([
    { text: 'One dog.', separator: '  ' },
    { text: 'Two cats!', separator: '\n\n' },
    { text: 'Is it?', separator: ' ' },
    { text: '"Yes."', separator: '' },
  ]);
  expect(textsOf('こんにちは。元気ですか。', 'ja')).toEqual(['こんにちは。', '元気ですか。']);
});

test('does not cut after titles, initials and in numbers', () => {
  expect(textsOf('Dr. Smith met J. Doe at 10.30. It was 1,250.75 euros.')).toEqual([
    'Dr. Smith met J. Doe at 10.30.',
    'It was 1,250.75 euros.',
  ]);
  expect(textsOf('We stay here, etc. and so on.')).toHaveLength(1);
});

test('cuts what is too long, drops controls, mends halves of characters', () => {
  const pieces = splitSentences('word '.repeat(100).trim(), 'en', 60);
  expect(pieces.length).toBeGreaterThan(8);
  for (const { text } of pieces) expect(text.length).toBeLessThanOrEqual(60);
  expect(textsOf('The\0 house\u0007 \ud800.')).toEqual(['The house \ufffd.']);
});

test('whatever the text, nothing of it is lost or in another place', () => {
  const pieces = fc.constantFrom(
    'Dr. ',
    'One',
    '. ',
    '! ',
    '\n',
    ' ',
    '漢。',
    '?',
    '…',
    'x'.repeat(40),
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const text = parts.join('');
      const sentences = splitSentences(text, 'en', 30);
      expect(sentences.map((each) => each.text + each.separator).join('')).toBe(text);
      for (const each of sentences) {
        expect(each.text.length).toBeLessThanOrEqual(30);
        expect(each.text).not.toMatch(/\n/);
      }
    }),
  );
});

test('tells words from marks', () => {
  expect(hasLetters('12:30 — ♪')).toBe(false);
  expect(hasLetters('12 h')).toBe(true);
});
