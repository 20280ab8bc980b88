import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scriptedTokenizer } from '../../testing/scripted-tokenizer.ts';
import { wordMargins } from './word-margins.ts';

const PIECES = ['▁a', 'b', '▁', '.', '▁c', '▁d e', 'é'];

const { tokenizer: model, token } = scriptedTokenizer(PIECES);

test('a word is as sure as the least sure of its tokens, its punctuation among them', () => {
  const tokens = ['▁a', 'b', '.', '▁c'].map(token);
  expect(model.decode(tokens)).toBe('ab. c');
  expect(wordMargins(model, tokens, [4, 2, 3, 5])).toEqual([2, 5]);
});

test('a space of its own belongs to no word, and a token may hold two words', () => {
  const tokens = ['▁', 'b', '▁d e', 'b'].map(token);
  expect(model.decode(tokens)).toBe('b d eb');
  expect(wordMargins(model, tokens, [0.1, 4, 3, 1])).toEqual([4, 3, 1]);
});

test('there is one margin for each word of the text, whatever the tokens are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ token: fc.integer({ min: 0, max: 12 }), margin: fc.nat(9) })),
      (choices) => {
        const tokens = choices.map((choice) => choice.token);
        const words = model
          .decode(tokens)
          .split(/\s+/)
          .filter((word) => word !== '');
        const margins = wordMargins(
          model,
          tokens,
          choices.map(({ margin }) => margin),
        );
        expect(margins).toHaveLength(words.length);
        expect(margins.every((margin) => margin >= 0 && margin <= 9)).toBe(true);
      },
    ),
  );
});
