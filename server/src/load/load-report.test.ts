import { expect, test } from 'vitest';
import { describeLoad, loadReport } from './load-report.ts';
import { LoadTally } from './load-tally.ts';
import { OK } from './outcome.ts';

const FACTS = {
  of: 'watch',
  url: 'http://localhost:8080',
  users: 4,
  elapsedMs: 2000,
  cores: 0.123,
  lateMs: 1.26,
  interrupted: false,
} as const;

function filled(): LoadTally {
  const tally = new LoadTally();
  for (let visit = 0; visit < 3; visit += 1) tally.record(OK);
  tally.record({ kind: 'refused', code: 'room_full' });
  tally.time('join', 12);
  tally.count('finals', 7);
  return tally;
}

test('one object for programs', () => {
  expect(loadReport(filled(), FACTS)).toMatchObject({
    ...{ type: 'load', of: 'watch', users: 4, seconds: 2, requests: 4, ok: 3, refused: 1 },
    ...{ failed: 0, successPercent: 75, requestsPerSecond: 2, counts: { finals: 7 } },
    times: { join: { count: 1 }, spread: { count: 0, median: null } },
    errors: [{ code: 'room_full', refused: true, count: 1 }],
    generator: { cores: 0.12, lateMs: 1.3 },
    interrupted: false,
  });
});

test('lines for people', () => {
  const text = describeLoad(loadReport(filled(), { ...FACTS, interrupted: true }));
  expect(text).toContain('4 users (watch) for 2 s at http://localhost:8080, interrupted\n');
  expect(text).toMatch(/succeeded +3 of 4 \(75 %\), 1 refused, 0 failed/);
  expect(text).toMatch(/to the history +1 +12 +12 +12 +12 +12\n/);
  expect(text).toMatch(/behind the first reader +0( +–){5}\n/);
  expect(text).toMatch(/refused +room_full 1\n/);
});

test('a single failure among thousands keeps the share of success below a hundred', () => {
  const tally = filled();
  for (let visit = 0; visit < 9_996; visit += 1) tally.record(OK);
  expect(loadReport(tally, FACTS)).toMatchObject({ requests: 10_000, successPercent: 99.9 });
});

test('a run in which nothing was done has no share of success', () => {
  const report = loadReport(new LoadTally(), FACTS);
  expect([report.successPercent, report.requestsPerSecond]).toEqual([null, 0]);
  expect(describeLoad(report)).toContain('0 of 0, 0 refused');
});
