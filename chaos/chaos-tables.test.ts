import { expect, test } from 'vitest';
import { chaosTable, problemLines } from './chaos-tables.ts';
import { NO_WORDS } from './judge/compare-words.ts';
import type { Play } from './run-chaos.ts';

function play(changes: Partial<Play> = {}): Play {
  return {
    scenario: 'link-cut',
    seed: 7,
    seconds: 12,
    sessions: 1,
    finals: 5,
    speechFrames: 500,
    lostFrames: 0,
    doubledFrames: 0,
    translationsDue: 5,
    translationsSeen: 5,
    words: NO_WORDS,
    facts: {},
    problems: [],
    ...changes,
  };
}

test('plays of one scenario are one row', () => {
  const { rows, columns } = chaosTable([
    play(),
    play({ seed: 8, lostFrames: 3, problems: ['[INV1] 3 frames lost'] }),
    play({ scenario: 'node-killed', sessions: 2 }),
  ]);
  const cells = rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
  expect(cells).toMatchObject([
    { scenario: 'link-cut', plays: '2', finals: '10', 'lost frames': '3', wrong: '1' },
    { scenario: 'node-killed', plays: '1', sessions: '2', wrong: '0' },
  ]);
});

test('a problem is told with how to see it again, and what went right is not', () => {
  const lines = problemLines([play(), play({ seed: 8, problems: ['a', 'b'] })]);
  expect(lines).toEqual(['link-cut: a; b', '  again: npm run chaos -- --only link-cut --seed 8']);
});
