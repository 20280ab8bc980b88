import { expect, test } from 'vitest';
import {
  nextProcessState,
  type ProcessEvent,
  type ProcessState,
  RESTART_MAX_MS,
  RESTART_MIN_MS,
} from './process-state.ts';

const STARTING: ProcessState = { kind: 'starting', failures: 0 };

const after = (state: ProcessState, ...types: ProcessEvent['type'][]): ProcessState =>
  types.reduce((now, type) => nextProcessState(now, { type }), state);

test('a start, a restart and a stop in good order', () => {
  expect(after(STARTING, 'ready')).toEqual({ kind: 'ready', failures: 0 });
  expect(after(STARTING, 'ready', 'restart')).toEqual({ kind: 'leaving', next: 'start' });
  expect(after(STARTING, 'ready', 'restart', 'exited')).toEqual(STARTING);
  expect(after(STARTING, 'ready', 'stop')).toEqual({ kind: 'leaving', next: 'stop' });
  expect(after(STARTING, 'ready', 'stop', 'exited')).toEqual({ kind: 'stopped' });
});

test('a stop in the midst of a restart is a stop', () => {
  expect(after(STARTING, 'ready', 'restart', 'stop', 'exited')).toEqual({ kind: 'stopped' });
  expect(after(STARTING, 'ready', 'stop', 'restart', 'exited')).toEqual({ kind: 'stopped' });
});

test('[INV4] pauses grow with each death up to a limit, and begin anew once it ran well', () => {
  const pauses: number[] = [];
  let state: ProcessState = STARTING;
  for (let death = 0; death < 8; death += 1) {
    state = after(state, 'exited');
    if (state.kind === 'pausing') pauses.push(state.pauseMs);
    state = after(state, 'pauseOver', 'ready');
  }
  expect(pauses.slice(0, 3)).toEqual([RESTART_MIN_MS, 2 * RESTART_MIN_MS, 4 * RESTART_MIN_MS]);
  expect(Math.max(...pauses)).toBe(RESTART_MAX_MS);
  expect(after(state, 'stable', 'exited')).toMatchObject({ pauseMs: RESTART_MIN_MS });
});

test('a pause is cut short by a restart, and ended by a stop', () => {
  const pausing = after(STARTING, 'exited');
  expect(after(pausing, 'restart')).toEqual({ kind: 'starting', failures: 1 });
  expect(after(pausing, 'stop')).toEqual({ kind: 'stopped' });
});

test('nothing wakes what was stopped', () => {
  for (const type of ['pauseOver', 'ready', 'stable', 'exited', 'restart', 'stop'] as const) {
    expect(after({ kind: 'stopped' }, type)).toEqual({ kind: 'stopped' });
  }
});
