import { expect, test } from 'vitest';
import { FRAME_MS } from '../../shared/limits.ts';
import { finalsPerSecond, PAUSE_MS, planTurns, SENTENCE_MS } from './turn-plan.ts';

const MINUTE_MS = 60_000;
const SESSIONS = 50;
const plans = Array.from({ length: SESSIONS }, (_, session) =>
  planTurns(session, SESSIONS, MINUTE_MS, 40),
);

test('half of all speak at any moment', () => {
  for (const ms of [15_000, 25_000, 33_333, 45_000]) {
    const speaking = plans.filter((plan) =>
      plan.some(
        ({ startFrame, endFrame }) =>
          startFrame * FRAME_MS <= ms && ms < endFrame * FRAME_MS + PAUSE_MS,
      ),
    );
    expect(Math.abs(speaking.length - SESSIONS / 2)).toBeLessThanOrEqual(1);
  }
});

test('a final every five seconds of speech, five a second of all', () => {
  const ends = plans.flat().map(({ endFrame }) => endFrame * FRAME_MS);
  const inHalfAMinute = ends.filter((ms) => ms >= 20_000 && ms < 50_000);
  expect(inHalfAMinute.length / 30).toBeCloseTo(5, 0);
  expect(finalsPerSecond(SESSIONS)).toBe(5);
});

test('sentences of one session lie in order, whole, with their pauses between them', () => {
  for (const plan of plans) {
    expect(plan.length).toBeGreaterThan(3);
    for (const [at, { startFrame, endFrame, sentence }] of plan.entries()) {
      expect((endFrame - startFrame) * FRAME_MS).toBe(SENTENCE_MS);
      expect(sentence).toBeGreaterThanOrEqual(0);
      expect(sentence).toBeLessThan(40);
      expect(endFrame * FRAME_MS + PAUSE_MS).toBeLessThanOrEqual(MINUTE_MS);
      const before = plan[at - 1]?.endFrame ?? -Infinity;
      expect(startFrame - before).toBeGreaterThanOrEqual(PAUSE_MS / FRAME_MS - 1);
    }
  }
});

test('the same every time', () => {
  expect(planTurns(7, SESSIONS, MINUTE_MS, 40)).toEqual(plans[7]);
});
