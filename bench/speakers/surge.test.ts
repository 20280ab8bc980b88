import { expect, test } from 'vitest';
import { phasesOf, writeSurge } from './surge.ts';

const clips = [{ frames: 100, speechMs: 1_600 }];
const options = {
  speakers: 3,
  seconds: 60,
  activity: 0.5,
  arrivalsMs: 1_000,
  readShare: 0,
  seed: 1,
};

test('a surge comes after a third of the time and stays for a third', () => {
  const scripts = writeSurge(clips, options, 2);
  expect(scripts.map(({ arrivesAtMs, frames }) => [arrivesAtMs, frames])).toEqual([
    [20_000, 1_000],
    [20_500, 1_000],
  ]);
  expect(writeSurge(clips, options, 0)).toEqual([]);
});

test('what was measured counts for the third in which it happened; the end for the last', () => {
  const point = (atMs: number, delayMs: number) => ({ atMs, delayMs });
  const score = {
    firstPartial: [point(5_000, 500)],
    finalLag: [point(0, 700), point(19_999, 900), point(20_000, 2_000), point(61_000, 800)],
    rhythm: [point(39_999, 5_000), point(40_000, 700)],
  };
  const server = [0, 25_000, 59_000].map((at) => ({ at: 1_000_000 + at, rssMb: 100 + at / 1_000 }));
  const [before, surge, after] = phasesOf(score, server, 60);
  expect(before).toMatchObject({
    phase: 'before',
    firstPartialMs: { count: 1, p50: 500 },
    finalLagMs: { count: 2, max: 900 },
    rhythmMs: { count: 0, p50: null },
    rssMb: 100,
  });
  expect(surge).toMatchObject({ finalLagMs: { p50: 2_000 }, rhythmMs: { p50: 5_000 }, rssMb: 125 });
  expect(after).toMatchObject({ finalLagMs: { p50: 800 }, rhythmMs: { p50: 700 }, rssMb: 159 });
});
