import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scriptedTokenizer } from '../../../testing/scripted-tokenizer.ts';
import { tokenWords } from './token-words.ts';

const [EURO_1, EURO_2, EURO_3] = [[0xe2], [0x82], [0xac]];
const { tokenizer, token } = scriptedTokenizer([
  '▁a',
  'b',
  '▁',
  '.',
  '▁c',
  '▁d e',
  'é',
  '—',
  EURO_1,
  EURO_2,
  EURO_3,
]);

test('a word has the tokens of its letters, not those of its punctuation', () => {
  const tokens = ['▁a', 'b', '.', '▁c', 'é', '.'].map(token);
  expect(tokenWords(tokenizer, tokens)).toEqual([
    { text: 'ab.', tokens: [0, 1] },
    { text: 'cé.', tokens: [3, 4] },
  ]);
});

test('a word of nothing but punctuation has that', () => {
  expect(tokenWords(tokenizer, ['▁a', '▁', '—', '.'].map(token))).toEqual([
    { text: 'a', tokens: [0] },
    { text: '—.', tokens: [2, 3] },
  ]);
});

test('a token of two words is the first one’s', () => {
  expect(tokenWords(tokenizer, ['▁d e', 'b', '▁d e', '▁c'].map(token))).toEqual([
    { text: 'd', tokens: [0] },
    { text: 'eb', tokens: [1] },
    { text: 'd', tokens: [2] },
    { text: 'e', tokens: [] },
    { text: 'c', tokens: [3] },
  ]);
});

test('a character is the token’s that completes it, and a torn one nobody’s', () => {
  const whole = [token('▁a'), token(EURO_1), token(EURO_2), token(EURO_3)];
  expect(tokenWords(tokenizer, whole)).toEqual([{ text: 'a€', tokens: [0] }]);
  const torn = [token('▁a'), token(EURO_1), token('b'), token(EURO_3), token('▁c')];
  expect(tokenWords(tokenizer, torn)).toEqual([
    { text: 'ab', tokens: [0, 2] },
    { text: 'c', tokens: [4] },
  ]);
});

test('all words of the text, and every token at most once and in order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(16)), (tokens) => {
      const words = tokenWords(tokenizer, tokens);
      const spoken = tokenizer
        .decode(tokens)
        .split(/\s+/)
        .filter((word) => word !== '');
      expect(words.map(({ text }) => text)).toEqual(spoken);
      const used = words.flatMap((word) => word.tokens);
      expect(used).toEqual([...new Set(used)].sort((left, right) => left - right));
    }),
  );
});
