import { expect, test } from 'vitest';
import { countTerm, sentencesWithNames, withInventedNames } from './planted-terms.ts';

test('takes names that source and reference write the same, and plants others in their place', () => {
  const sentences = sentencesWithNames(
    ['The pilot was Dilokrit Pattavee of London.', 'Nothing is here.', 'Monday, says Maria.'],
    ['El piloto era Dilokrit Pattavee, de Londres.', 'Aquí no hay nada.', 'El lunes, dice María.'],
  );
  expect(sentences.map(({ terms }) => terms)).toEqual([['Dilokrit Pattavee']]);
  expect(withInventedNames(sentences)).toEqual([
    {
      source: 'The pilot was Quorvia of London.',
      reference: 'El piloto era Quorvia, de Londres.',
      terms: ['Quorvia'],
    },
  ]);
});

test('counts whole words as they are written', () => {
  expect(countTerm('Vigo, Vigos, vigo (Vigo)', 'Vigo')).toBe(2);
  expect(countTerm('C++', 'C++')).toBe(1);
});
