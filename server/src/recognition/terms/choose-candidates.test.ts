import { expect, test } from 'vitest';
import { type Candidate, chooseCandidates } from './choose-candidates.ts';

const candidate = (first: number, last: number, distance: number | null = null): Candidate => ({
  first,
  last,
  end: 0,
  term: `${first}-${last}`,
  distance,
});
const chosen = (...candidates: Candidate[]): string[] =>
  chooseCandidates(candidates, 10, 10).chosen.map(({ term }) => term);

test('what does not overlap is all chosen', () => {
  expect(chosen(candidate(0, 1), candidate(2, 2, 0.1), candidate(5, 7))).toEqual([
    '0-1',
    '2-2',
    '5-7',
  ]);
});

test('a longer spelling wins, then the first', () => {
  expect(chosen(candidate(0, 0), candidate(0, 2), candidate(1, 2))).toEqual(['0-2']);
  expect(chosen(candidate(0, 1), candidate(1, 2), candidate(2, 3))).toEqual(['0-1', '2-3']);
});

test('a spelling wins over any sound, the closest sound over others', () => {
  expect(chosen(candidate(0, 3, 0), candidate(1, 1))).toEqual(['1-1']);
  expect(chosen(candidate(0, 1, 0.1), candidate(1, 2, 0.05), candidate(3, 3, 0.2))).toEqual([
    '1-2',
    '3-3',
  ]);
});

test('what reaches into open words is not settled, with all that hangs on it', () => {
  const settled = (firstOpen: number, ...candidates: Candidate[]): number =>
    chooseCandidates(candidates, 10, firstOpen).settledWords;
  expect(settled(10)).toBe(10);
  expect(settled(8, candidate(5, 7))).toBe(8);
  expect(settled(8, candidate(0, 1), candidate(5, 8))).toBe(5);
  expect(settled(8, candidate(3, 5), candidate(5, 7), candidate(7, 9))).toBe(3);
});
