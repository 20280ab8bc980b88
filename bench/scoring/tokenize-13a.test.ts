import { describe, expect, it } from 'vitest';
import { splitWords, tokenize13a } from './tokenize-13a.ts';

describe('tokenize13a', () => {
  it.each([
    ['He paid $1,250.75.', ['He', 'paid', '$', '1,250.75', '.']],
    ["don't (stop), now!", ["don't", '(', 'stop', ')', ',', 'now', '!']],
    ['5-6 well-known -3', ['5', '-', '6', 'well-known', '-3']],
    ['&quot;a&quot; &amp; b', ['"', 'a', '"', '&', 'b']],
    ['U.S. 3.14.', ['U', '.', 'S', '.', '3.14', '.']],
    ['¿Qué? «sí»', ['¿Qué', '?', '«sí»']],
    ['', []],
  ])('parts "%s"', (line, tokens) => {
    expect(tokenize13a(line)).toEqual(tokens);
  });
});

describe('splitWords', () => {
  it('splits where Python does, and only there', () => {
    expect(splitWords(' a\u00a0b\u0085c\u001cd\u3000e\ufefff\u200bg ')).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e\ufefff\u200bg',
    ]);
  });
});
