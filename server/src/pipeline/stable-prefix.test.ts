import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StablePrefix } from './stable-prefix.ts';

const read = (text: string, heardMs: number, margin = 1.5) => ({
  text,
  heardMs,
  wordMargins: text.split(' ').map(() => margin),
});

test('words are committed once the next reading has them in the same form', () => {
  const prefix = new StablePrefix();
  expect(prefix.push(read('I want', 600))).toEqual({ text: 'I want', stableLength: 0 });
  expect(prefix.push(read('I want to go', 1200))).toEqual({
    text: 'I want to go',
    stableLength: 6,
  });
  expect(prefix.push(read('I want two goats', 1800)).stableLength).toBe(6);
  expect(prefix.push(read('I want two goats now', 2400)).stableLength).toBe(
    'I want two goats'.length,
  );
});

test('a word of which the recogniser is sure is committed at once, when others follow it', () => {
  const prefix = new StablePrefix();
  expect(prefix.push(read('good morning to everybody', 900, 4)).stableLength).toBe(
    'good morning'.length,
  );
});

test('a word that was nearly another waits, and what follows it too', () => {
  const prefix = new StablePrefix();
  const doubtful = (heardMs: number) => ({
    text: 'the whether is fine',
    heardMs,
    wordMargins: [5, 0.2, 5, 5],
  });
  prefix.push(doubtful(1_000));
  expect(prefix.push(doubtful(2_000)).stableLength).toBe('the'.length);
  expect(prefix.push(doubtful(4_900)).stableLength).toBe('the'.length);
  // Not for ever: it stood for four seconds.
  expect(prefix.push(doubtful(5_000)).stableLength).toBe('the whether is fine'.length);
});

test('two readings of nearly the same audio agree about nothing', () => {
  const prefix = new StablePrefix();
  prefix.push(read('hello there', 1_000));
  expect(prefix.push(read('hello there', 1_100)).stableLength).toBe(0);
  expect(prefix.push(read('hello there', 1_200)).stableLength).toBe('hello there'.length);
});

test('an engine that tells no margins is taken by agreement alone', () => {
  const prefix = new StablePrefix();
  prefix.push({ text: 'one two', heardMs: 500 });
  expect(prefix.push({ text: 'one two three', heardMs: 1_000 }).stableLength).toBe(7);
});

test('what may still become part of a term is not committed', () => {
  const prefix = new StablePrefix();
  prefix.push({ text: 'this is par', heardMs: 500, openFrom: 8 });
  const shown = prefix.push({ text: 'this is par', heardMs: 1_000, openFrom: 8 });
  expect(shown.stableLength).toBe('this is'.length);
});

test('case and punctuation do not flap once committed', () => {
  const prefix = new StablePrefix();
  prefix.push(read('hello world', 500));
  prefix.push(read('hello world again', 1_000));
  const shown = prefix.push(read('Hello, World! again and', 1_500));
  expect(shown.text.slice(0, shown.stableLength)).toBe('hello world again');
});

test('committed text never changes, whatever the readings are', () => {
  const reading = fc.record({
    words: fc.array(fc.constantFrom('one', 'two', 'Three,', 'three', 'four'), { maxLength: 8 }),
    margins: fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { maxLength: 8 }),
    later: fc.nat(3_000),
  });
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 12 }), (readings) => {
      const prefix = new StablePrefix();
      let committed = '';
      let heardMs = 0;
      for (const { words, margins, later } of readings) {
        heardMs += later;
        const { text, stableLength } = prefix.push({
          text: words.join(' '),
          wordMargins: margins,
          heardMs,
        });
        expect(text.slice(0, stableLength).startsWith(committed)).toBe(true);
        committed = text.slice(0, stableLength);
      }
    }),
  );
});
