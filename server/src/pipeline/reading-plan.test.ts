import { expect, test } from 'vitest';
import { readingDue } from './reading-plan.ts';

const PACE = { intervalMs: 700, crowded: false };
const READ = { readings: 9, revision: 6, readAtMs: 1_000, readMs: 4_000 };

test('the first reading waits until there is something to read', () => {
  const read = { readings: 0, revision: 0, readAtMs: 0, readMs: 0 };
  expect(readingDue({ heardMs: 420, spokenMs: 420 }, read, PACE, 5_000)).toBeNull();
  expect(readingDue({ heardMs: 600, spokenMs: 600 }, read, PACE, 5_000)).toBe(5_000);
});

test('readings follow the rhythm, the first ones faster', () => {
  const heard = { heardMs: 4_700, spokenMs: 4_700 };
  expect(readingDue(heard, READ, PACE, 1_699)).toBeNull();
  expect(readingDue(heard, READ, PACE, 1_800)).toBe(1_700);
  expect(readingDue(heard, { ...READ, readings: 2 }, PACE, 1_350)).toBe(1_300);
});

test('under load the early ones come later too', () => {
  const heard = { heardMs: 1_500, spokenMs: 1_500 };
  const read = { readings: 1, revision: 0, readAtMs: 1_000, readMs: 1_200 };
  const loaded = { intervalMs: 2_100, crowded: true };
  expect(readingDue(heard, read, loaded, 1_399)).toBeNull();
  expect(readingDue(heard, read, loaded, 1_400)).toBe(1_400);
  // Once words are shown, more of them have time.
  expect(readingDue(heard, { ...read, revision: 1 }, loaded, 1_400)).toBeNull();
  const begun = { heardMs: 800, spokenMs: 800 };
  const unread = { readings: 0, revision: 0, readAtMs: 0, readMs: 0 };
  expect(readingDue(begun, unread, loaded, 1_400)).toBeNull();
  expect(readingDue(begun, unread, PACE, 1_400)).toBe(1_400);
});

test('nothing is read again while nothing new was said', () => {
  expect(readingDue({ heardMs: 4_700, spokenMs: 4_000 }, READ, PACE, 9_000)).toBeNull();
});

test('a short pause is a good moment: half the rhythm is enough', () => {
  const pausing = { heardMs: 4_600, spokenMs: 4_500 };
  expect(readingDue(pausing, READ, PACE, 1_350)).toBe(1_350);
  expect(readingDue({ heardMs: 4_600, spokenMs: 4_560 }, READ, PACE, 1_350)).toBeNull();
});
