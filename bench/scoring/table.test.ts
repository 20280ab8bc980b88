import { expect, test } from 'vitest';
import { cell, formatTable } from './table.ts';

test('aligns the first column left and numbers right', () => {
  const text = formatTable({
    title: 'Words',
    columns: ['group', 'WER'],
    rows: [
      ['en', '0.106'],
      ['quiet', '–'],
    ],
    notes: ['WER: errors over words.'],
  });
  expect(text.split('\n')).toEqual([
    'Words',
    '',
    'group    WER',
    '-----  -----',
    'en     0.106',
    'quiet      –',
    'WER: errors over words.',
  ]);
});

test('a row of another width is a mistake', () => {
  expect(() => formatTable({ title: 't', columns: ['a', 'b'], rows: [['1']] })).toThrow(
    'Expected 2 cells in "t", got 1.',
  );
});

test('cells show what is missing', () => {
  expect([cell(null), cell(Number.POSITIVE_INFINITY), cell(1.25, 1), cell(7)]).toEqual([
    '–',
    '∞',
    '1.3',
    '7',
  ]);
});
