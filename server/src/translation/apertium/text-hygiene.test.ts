import { describe, expect, it } from 'vitest';
import { prepareText, tidyTranslation } from './text-hygiene.ts';

describe('prepareText', () => {
  it.each([
    ['The 4-month-old mice and a 28-year-old man.', 'The 4 month old mice and a 28 year old man.'],
    ['A 17th-century house, a 100\u2011metre ship.', 'A 17th century house, a 100 metre ship.'],
    ['From 10-20 people, COVID-19 and well-known F-16s.', null],
    ['We don\u2019t  know\u00a0it.', "We don't know it."],
    ['At 5am, 6 PM and 7 a.m. we left; I am 5.', 'At 5 a.m., 6 P.m. and 7 a.m. we left; I am 5.'],
    ["Ana's dog and it's here.", null],
  ])('rewrites "%s" for Spanish', (text, prepared) => {
    expect(prepareText(text, 'en', 'es')).toBe(prepared ?? text);
  });

  it('parts possessors for Esperanto, but no contractions', () => {
    expect(prepareText("Ana's dog, the dogs' cat. It's what's here.", 'en', 'eo')).toBe(
      "Ana 's dog, the dogs' cat. It's what's here.",
    );
    expect(prepareText('At 5 a.m.', 'en', 'eo')).toBe('At 5am');
  });

  it('leaves the clock alone in other languages', () => {
    expect(prepareText('5 am Montag', 'de', 'es')).toBe('5 am Montag');
  });
});

describe('tidyTranslation', () => {
  it.each([
    [
      'blanks that dropped words leave',
      ' Dijo que  era él .',
      'He said it was him.',
      'Dijo que era él.',
    ],
    [
      'blanks before marks',
      'del grupo , Inc. ( sí )',
      'the group, Inc. (yes)',
      'del grupo, Inc. ( sí)',
    ],
    ['marks that the source sets apart too', 'sí , no', 'yes , no', 'sí , no'],
    ['a capital that was lost', 'había retrasos', 'There were delays', 'Había retrasos'],
    ['a capital behind quotes', '"es poden veure', '"Humans can', '"Es poden veure'],
    ['a capital that was made up', 'Perro de casa', 'house dog', 'perro de casa'],
    ['a name in front', 'Ana y el perro', 'the dog and Ana', 'Ana y el perro'],
    ['a shouted article', 'EL agua es EL', 'The water is EL', 'El agua es EL'],
    ['centuries', 'siglo XIX', 'the 19th century', 'siglo XIX'],
    ['texts without letters', '12 .', '12.', '12.'],
    ['nothing', '', 'Oh', ''],
  ])('mends %s', (_, translation, source, tidied) => {
    expect(tidyTranslation(translation, source)).toBe(tidied);
  });
});
