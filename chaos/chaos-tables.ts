import { cell, type Table } from '../bench/scoring/table.ts';
import { errorRate } from '../bench/scoring/wer.ts';
import { addWords, NO_WORDS } from './judge/compare-words.ts';
import type { Play } from './run-chaos.ts';

const WER_DIGITS = 3;

/** One row for each scenario, however often it was played. */
export function chaosTable(plays: readonly Play[]): Table {
  const names = [...new Set(plays.map(({ scenario }) => scenario))];
  return {
    title: 'What was broken, and what came of it',
    columns: [
      'scenario',
      'plays',
      'sessions',
      'finals',
      'lost frames',
      'doubled',
      'translations',
      'recut words',
      'changed',
      'WER',
      'undisturbed',
      'wrong',
    ],
    rows: names.map((name) =>
      rowOf(
        name,
        plays.filter(({ scenario }) => scenario === name),
      ),
    ),
    notes: [
      'Lost and doubled frames are to be 0. Recut words: in segments that begin or end elsewhere than in',
      'an undisturbed run of the same speech; changed: other words in the same segment.',
    ],
  };
}

function rowOf(name: string, plays: readonly Play[]): string[] {
  const sum = (figure: (play: Play) => number): number =>
    plays.reduce((total, play) => total + figure(play), 0);
  const words = plays.map((play) => play.words).reduce(addWords, NO_WORDS);
  return [
    name,
    `${plays.length}`,
    `${sum(({ sessions }) => sessions)}`,
    `${sum(({ finals }) => finals)}`,
    `${sum(({ lostFrames }) => lostFrames)}`,
    `${sum(({ doubledFrames }) => doubledFrames)}`,
    `${sum(({ translationsSeen }) => translationsSeen)}/${sum(({ translationsDue }) => translationsDue)}`,
    `${words.recutWords}`,
    `${words.changedWords}`,
    cell(errorRate(words.errors), WER_DIGITS),
    cell(errorRate(words.undisturbedErrors), WER_DIGITS),
    `${sum(({ problems }) => problems.length)}`,
  ];
}

/** How to see each problem again. */
export function problemLines(plays: readonly Play[]): string[] {
  return plays.flatMap(({ scenario, seed, problems }) =>
    problems.length === 0
      ? []
      : [
          `${scenario}: ${problems.join('; ')}`,
          `  again: npm run chaos -- --only ${scenario} --seed ${seed}`,
        ],
  );
}
