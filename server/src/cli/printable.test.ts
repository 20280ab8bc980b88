import { expect, test } from 'vitest';
import { columnsOf, endThatFits, printable } from './printable.ts';

test('what commands a terminal is taken out', () => {
  expect(printable('a\u001b[2Jb\r\nc\u202ed\u009be')).toBe('a [2Jb c d e');
  expect(printable('¿Qué tal, naïve?')).toBe('¿Qué tal, naïve?');
});

test('columns are counted as a terminal shows them', () => {
  expect(columnsOf('hola')).toBe(4);
  expect(columnsOf('日本')).toBe(4);
  expect(columnsOf('e\u0301')).toBe(1);
});

test('of a line that is too long the end is shown', () => {
  expect(endThatFits('short', 10)).toBe('short');
  expect(endThatFits('0123456789', 5)).toBe('…6789');
  expect(columnsOf(endThatFits('日本語日本語', 6))).toBeLessThanOrEqual(6);
});
