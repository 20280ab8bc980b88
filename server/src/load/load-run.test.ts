import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type LoadPlan, type LoadSignals, type LoadUser, runLoad } from './load-run.ts';
import { LoadTally } from './load-tally.ts';
import { OK, type Outcome } from './outcome.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const PLAN: LoadPlan = { users: 3, requests: 10, limitMs: 60_000, arrivalsMs: 0 };
const never = new AbortController().signal;

/** Users that act as told; knows how many live, and who arrived when. */
function crowd(act: (signals: LoadSignals, user: number) => Promise<Outcome | null>) {
  const arrivedAt: number[] = [];
  let alive = 0;
  const make = (user: number): LoadUser => {
    arrivedAt.push(performance.now());
    alive += 1;
    return { act: (signals) => act(signals, user), close: () => (alive -= 1) };
  };
  return { make, arrivedAt, alive: () => alive };
}

const whenOver = ({ over }: LoadSignals) =>
  new Promise<Outcome>((resolve) => over.addEventListener('abort', () => resolve(OK)));

async function finish<T>(run: Promise<T>): Promise<T> {
  await vi.runAllTimersAsync();
  const result = await run;
  expect(vi.getTimerCount()).toBe(0);
  return result;
}

test('all users together do so much and no more, and leave', async () => {
  const tally = new LoadTally();
  const acted: number[] = [];
  const { make, alive } = crowd(async (_signals, user) => {
    acted.push(user);
    await new Promise((resolve) => setTimeout(resolve, 10));
    return OK;
  });
  await finish(runLoad(PLAN, make, tally, never));
  expect(tally.ok).toBe(10);
  expect(new Set(acted)).toEqual(new Set([0, 1, 2]));
  expect(alive()).toBe(0);
});

test('users arrive evenly, and what is still going on ends with the time', async () => {
  const tally = new LoadTally();
  const { make, arrivedAt } = crowd(whenOver);
  const plan = { ...PLAN, requests: 3, arrivalsMs: 3000, limitMs: 2500 };
  const elapsed = await finish(runLoad(plan, make, tally, never));
  expect(arrivedAt.map((at) => at - (arrivedAt[0] ?? 0))).toEqual([0, 1000, 2000]);
  expect(Math.round(elapsed)).toBe(2500);
  expect(tally.ok).toBe(3);
});

test('an interruption ends it; what was cut short counts for nothing', async () => {
  const tally = new LoadTally();
  const interrupt = new AbortController();
  const { make, alive } = crowd(async (signals) => {
    await whenOver(signals);
    return signals.interrupt.aborted ? null : OK;
  });
  const run = runLoad(PLAN, make, tally, interrupt.signal);
  setTimeout(() => interrupt.abort(), 1234);
  expect(Math.round(await finish(run))).toBe(1234);
  expect([tally.ok, tally.failed, alive()]).toEqual([0, 0, 0]);
});

test.each([
  ['for as long as it is told', 3_000, 3_000],
  ['for a second where it is told nothing', undefined, 1_000],
  ['no longer than ten seconds', 90_000, 10_000],
])('who is refused waits %s', async (_, retryAfterMs, pauseMs) => {
  const tally = new LoadTally();
  const { make } = crowd(async () => ({ kind: 'refused', code: 'server_busy', retryAfterMs }));
  const plan = { ...PLAN, users: 1, requests: 4 };
  const elapsed = await finish(runLoad(plan, make, tally, never));
  expect(tally.refused).toBe(4);
  expect(Math.round(elapsed)).toBe(3 * pauseMs);
});

test('a dead server is not asked in a tight loop', async () => {
  const tally = new LoadTally();
  const { make } = crowd(async () => ({ kind: 'failed', code: 'server_unreachable' }));
  const plan = { ...PLAN, users: 1, requests: Number.POSITIVE_INFINITY, limitMs: 10_000 };
  await finish(runLoad(plan, make, tally, never));
  expect(tally.failed).toBe(50);
});

test('a wrong key ends the run at once: nobody else would fare better', async () => {
  const tally = new LoadTally();
  const { make } = crowd(async () => ({ kind: 'failed', code: 'unauthorized' }));
  const plan = { ...PLAN, users: 100, requests: 1_000_000, arrivalsMs: 60_000 };
  const elapsed = await finish(runLoad(plan, make, tally, never));
  expect(tally.failed).toBe(1);
  expect(elapsed).toBeLessThan(1000);
});
