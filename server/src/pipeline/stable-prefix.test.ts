import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StablePrefix } from './stable-prefix.ts';

test('words are committed once two hypotheses in a row agree on them', () => {
  const prefix = new StablePrefix();
  expect(prefix.push('I want')).toEqual({ text: 'I want', stableLength: 0 });
  expect(prefix.push('I want to go')).toEqual({ text: 'I want to go', stableLength: 6 });
  expect(prefix.push('I want two goats')).toEqual({ text: 'I want two goats', stableLength: 6 });
  expect(prefix.push('I want two goats now').stableLength).toBe('I want two goats'.length);
});

test('case and punctuation do not flap once committed', () => {
  const prefix = new StablePrefix();
  prefix.push('hello world');
  prefix.push('hello world again');
  const shown = prefix.push('Hello, World! again and');
  expect(shown.text.slice(0, shown.stableLength)).toBe('hello world again');
});

test('committed text never changes, whatever the hypotheses are', () => {
  const hypothesis = fc
    .array(fc.constantFrom('one', 'two', 'Three,', 'three', 'four'), { maxLength: 8 })
    .map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.array(hypothesis, { maxLength: 12 }), (hypotheses) => {
      const prefix = new StablePrefix();
      let committed = '';
      for (const next of hypotheses) {
        const { text, stableLength } = prefix.push(next);
        expect(text.slice(0, stableLength).startsWith(committed)).toBe(true);
        committed = text.slice(0, stableLength);
      }
    }),
  );
});
