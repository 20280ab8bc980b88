import { expect, test } from 'vitest';
import { NO_WORDS } from '../../chaos/judge/compare-words.ts';
import { judgeSession, type SessionVerdict } from '../../chaos/judge/judge-session.ts';
import { failoverCharts, failoverResult, failoverTables } from './failover-result.ts';
import type { Move } from './move.ts';
import type { FailoverRun } from './run-failover.ts';

const RIGHT: SessionVerdict = judgeSession(
  { session: 's', language: 'en', frames: 100, voice: [], gaps: [] },
  [{ name: 'viewer', language: 'es', entries: [] }],
);

function move(changes: Partial<Move> = {}): Move {
  return {
    kill: 0,
    session: 0,
    speaking: true,
    lostMs: 50,
    resumedMs: 250,
    captionMs: 700,
    tries: 1,
    replayedFrames: 120,
    ...changes,
  };
}

function run(changes: Partial<FailoverRun> = {}): FailoverRun {
  return {
    kills: 2,
    moves: [move(), move({ kill: 1, captionMs: 1_100 })],
    verdicts: [RIGHT],
    undisturbed: [RIGHT],
    words: NO_WORDS,
    seconds: 20,
    ...changes,
  };
}

test('a recovery is told with its parts, each from where the one before ended', () => {
  const { moves, recoveryMs, lostMs, resumeMs, captionMs } = failoverResult(run());
  expect(moves).toBe(2);
  expect(recoveryMs).toMatchObject({ count: 2, p50: 700, p95: 1_100, max: 1_100 });
  expect([lostMs.p50, resumeMs.p50, captionMs.p50]).toEqual([50, 200, 450]);
});

test('moves with nothing to show do not count as recoveries', () => {
  const silent = move({ speaking: false, captionMs: 9_000 });
  const { recoveryMs, silentMs } = failoverResult(run({ moves: [move(), silent] }));
  expect(recoveryMs).toMatchObject({ count: 1, max: 700 });
  expect(silentMs).toMatchObject({ count: 1, max: 9_000 });
});

test('what the judge found is summed over the sessions, and told in words', () => {
  const wrong: SessionVerdict = {
    ...RIGHT,
    lostFrames: 7,
    doubledFrames: 2,
    gapFrames: 1,
    problems: ['[INV1] 7 frames lost'],
  };
  const result = failoverResult(run({ verdicts: [RIGHT, wrong, wrong], undisturbed: [wrong] }));
  expect(result).toMatchObject({
    lostFrames: 14,
    doubledFrames: 4,
    gapFrames: 2,
    lostFramesUndisturbed: 7,
    problems: ['[INV1] 7 frames lost', '[INV1] 7 frames lost'],
  });
  const [figures] = failoverTables(result);
  expect(figures?.rows).toContainEqual(['lost frames', '14', '7']);
  expect(figures?.notes).toEqual(result.problems);
});

test('charts show each move that had something to show', () => {
  const [points, bars] = failoverCharts([move(), move({ speaking: false })]);
  expect(points?.series.map(({ points: each }) => each)).toEqual([
    [[1, 50]],
    [[1, 250]],
    [[1, 700]],
  ]);
  expect(bars?.series[0]?.points.reduce((sum, [, count]) => sum + count, 0)).toBe(1);
});
