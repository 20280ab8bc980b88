import { expect, test } from 'vitest';
import { changedRuns, countFalseChanges, countNames, measureCost } from './score-terms.ts';

test('changes are counted by runs of words, capitals included', () => {
  expect(
    changedRuns('the par lance team is in par lance', 'the Parlance team is in Parlance'),
  ).toBe(2);
  expect(changedRuns('go on', 'Go on')).toBe(1);
  expect(changedRuns('go on', 'go on')).toBe(0);
});

test('false changes are told for a thousand words', () => {
  const correct = (text: string) => ({ text: text.replace('go', 'Go'), openFrom: 0 });
  const changes = countFalseChanges(['we go on', 'and on it'], correct);
  expect(changes).toMatchObject({ texts: 2, words: 6, changes: 1 });
  expect(changes.perThousandWords).toBeCloseTo(166.67, 1);
  expect(countFalseChanges([], correct).perThousandWords).toBe(0);
});

test('a name counts where it was said and stands as a whole word in its own case', () => {
  const reference = 'miss innes met liddy and liddy';
  const heard = 'Miss Ian’s met Liddy and lady';
  const corrected = 'Miss Innes’s met Liddy, Liddy and Liddy';
  expect(countNames(['Miss Innes', 'Liddy', 'Lid'], [{ reference, heard, corrected }])).toEqual({
    said: 3,
    heard: 1,
    corrected: 3,
  });
});

test('the cost of growing texts counts open words', () => {
  const cost = measureCost(['one two three'], (text) => ({ text, openFrom: 0 }));
  expect(cost.openWords).toBe(2);
  expect(cost.microsecondsPerWord).toBeGreaterThan(0);
});
