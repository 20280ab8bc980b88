import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAnswer, encodeText } from './stream-format.ts';

const encoded = (text: string, id = 7) => encodeText(text, id).toString('utf8');

describe('encodeText', () => {
  it('escapes what the stream reserves and ends the text with a blank that carries the id', () => {
    expect(encoded('a [b] ^c$ \\ @ / <d> {e}', 12)).toBe(
      'a \\[b\\] \\^c\\$ \\\\ \\@ \\/ \\<d\\> \\{e\\}.[][#12#]\0',
    );
  });

  it('lets no NUL or other control through', () => {
    expect(encoded('a\0b\u0007c\u0085d')).toBe('a b c d.[][#7#]\0');
  });

  it('composes characters, drops soft hyphens and hides the tilde', () => {
    expect(encoded('cafe\u0301 Donau\u00addampf ~5')).toBe('café Donaudampf \u223c5.[][#7#]\0');
  });

  it('turns half characters into the replacement character', () => {
    expect(encoded('\ud800!')).toBe('\ufffd!.[][#7#]\0');
  });
});

describe('decodeAnswer', () => {
  it('gives text and id, without escapes, blanks and the added full stop', () => {
    expect(decodeAnswer('Hola \\[mundo\\] \\\\.[][#3#]')).toEqual({
      text: 'Hola [mundo] \\',
      id: 3,
    });
    expect(decodeAnswer('Hola..[][#3#]')).toEqual({ text: 'Hola.', id: 3 });
  });

  it('takes a full stop that rules moved or dropped', () => {
    expect(decodeAnswer('Zdravo.  [][#3#]')).toEqual({ text: 'Zdravo', id: 3 });
    expect(decodeAnswer('Zdravo[][#3#]')).toEqual({ text: 'Zdravo', id: 3 });
    expect(decodeAnswer('Zdravo.[] svete[#3#]')).toEqual({ text: 'Zdravo svete', id: 3 });
  });

  it('knows an answer that was cut off', () => {
    for (const raw of ['', 'Hola', 'Hola.[]', 'Hola.[][#3', 'Hola\\']) {
      expect(decodeAnswer(raw).id).toBeNull();
    }
  });

  it('is not fooled by a text that looks like the mark of another', () => {
    expect(decodeAnswer(encoded('[#9#]').slice(0, -1))).toEqual({ text: '[#9#]', id: 7 });
    expect(decodeAnswer(encoded('\\').slice(0, -1))).toEqual({ text: '\\', id: 7 });
    expect(decodeAnswer(encoded('x.[][#9#]').slice(0, -1))).toEqual({ text: 'x.[][#9#]', id: 7 });
  });

  it('gives every text back that a pipeline leaves as it was', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'aB1 .,[]{}^$/\\@<>#~*&é漢😀') }),
        fc.nat(),
        (text, id) => {
          const raw = encodeText(text, id).toString('utf8');
          expect(raw.indexOf('\0')).toBe(raw.length - 1);
          const answer = decodeAnswer(raw.slice(0, -1));
          expect({ ...answer, text: answer.text.trimEnd() }).toEqual({ text: text.trimEnd(), id });
        },
      ),
    );
  });
});
