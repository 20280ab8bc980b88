import { expect, test } from 'vitest';
import { Access } from './access.ts';

const KEY = 'k'.repeat(32);

test('without a key everybody may speak and watch', () => {
  const access = new Access(null);
  expect(access.maySpeak(undefined)).toBe(true);
  expect(access.mayWatch(undefined, 'room')).toBe(true);
  expect(access.watchToken('room')).toBeUndefined();
});

test("a viewer's token watches its own room and nothing else", () => {
  const access = new Access(KEY);
  const token = access.watchToken('lecture');
  expect(access.mayWatch(token, 'lecture')).toBe(true);
  expect(access.mayWatch(token, 'other')).toBe(false);
  expect(access.maySpeak(token)).toBe(false);
});

test('the key speaks and watches; a wrong or missing one does neither', () => {
  const access = new Access(KEY);
  expect(access.maySpeak(KEY)).toBe(true);
  expect(access.mayWatch(KEY, 'any')).toBe(true);
  for (const wrong of [undefined, '', KEY.slice(1), `${KEY}x`]) {
    expect(access.maySpeak(wrong)).toBe(false);
    expect(access.mayWatch(wrong, 'any')).toBe(false);
  }
});
