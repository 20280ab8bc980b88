import { expect, test } from 'vitest';
import { countNumbersKept } from './numbers-kept.ts';

test('the marks between digits do not matter, their order does', () => {
  expect(countNumbersKept(['It was 1,250.75 at 18:45.'], ['Era 1.250,75 a las 18.45.'])).toEqual({
    numbers: 2,
    kept: 2,
  });
  expect(countNumbersKept(['1,250 in 2005'], ['1 250 en 2005'])).toEqual({ numbers: 2, kept: 2 });
  expect(countNumbersKept(['Room 12.'], ['Sala 21.'])).toEqual({ numbers: 1, kept: 0 });
});

test('each number counts once, and one that is written in words is lost', () => {
  expect(countNumbersKept(['3 of 3 in 40'], ['3 de tres en 40'])).toEqual({ numbers: 3, kept: 2 });
  expect(countNumbersKept(['no number', '7'], ['7'])).toEqual({ numbers: 1, kept: 0 });
});
