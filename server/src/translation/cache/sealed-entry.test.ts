import { expect, test } from 'vitest';
import { placeOf, seal, unseal } from './sealed-entry.ts';

const question = { engine: 'libretranslate', from: 'en', to: 'es', text: 'Marmalade at dawn.' };
const place = placeOf(question);

test('who has the text finds and opens its translation', () => {
  const entry = seal('Mermelada al amanecer. 😀', place);
  expect(unseal(entry, placeOf({ ...question }))).toBe('Mermelada al amanecer. 😀');
  expect(unseal(seal('', place), place)).toBe('');
});

test('[INV7] nothing of the text or its translation shows, and lengths hardly do', () => {
  const entry = seal('Mermelada al amanecer.', place);
  expect(place.name).toMatch(/^[0-9a-f]{64}$/);
  for (const shown of [place.name, entry.toString('latin1')]) {
    expect(shown).not.toMatch(/Mar?melada|Marmalade/);
  }
  expect(seal('No.', place)).toHaveLength(entry.length);
  // The same text sealed twice shows not even that.
  expect(seal('No.', place).equals(seal('No.', place))).toBe(false);
});

test('another text, pair or engine lies elsewhere and opens nothing', () => {
  const entry = seal('Mermelada.', place);
  const others = [
    { ...question, text: 'Marmalade at dusk.' },
    { ...question, to: 'ca' },
    { ...question, engine: 'openai https://host/v1 model' },
    { ...question, from: 'e', to: 'nes' },
  ].map(placeOf);
  expect(new Set([place, ...others].map(({ name }) => name)).size).toBe(5);
  for (const other of others) {
    expect(unseal(entry, other)).toBeNull();
    expect(unseal(entry, { ...other, name: place.name })).toBeNull();
  }
});

test('what was changed or is no entry at all is a miss', () => {
  const entry = seal('Mermelada.', place);
  for (const at of [0, 13, 40, entry.length - 1]) {
    const changed = Buffer.from(entry);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(unseal(changed, place)).toBeNull();
  }
  for (const odd of [Buffer.alloc(0), Buffer.alloc(500), entry.subarray(0, 60)]) {
    expect(unseal(odd, place)).toBeNull();
  }
});
