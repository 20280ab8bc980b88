import { expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { ADMISSION_INTERVAL_MS, Admission } from './admission.ts';
import type { LoadStep } from './load-step.ts';

/** A node on which nobody leaves by itself. */
function node(speakers: number) {
  const clock = { ms: 0 };
  const admission = new Admission({ speakers, now: () => clock.ms });
  let sessions = 0;
  const come = (count: number, step: LoadStep = 'full'): number => {
    let admitted = 0;
    for (let newcomer = 0; newcomer < count; newcomer += 1) {
      try {
        admission.admit(sessions, step);
        sessions += 1;
        admitted += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect(error).toMatchObject({ code: 'server_busy', retryAfterMs: 5_000 });
      }
    }
    return admitted;
  };
  const leave = (count: number) => {
    sessions -= count;
  };
  return { admission, clock, come, leave };
}

test('as many as a node carries are let in within one moment', () => {
  const { come } = node(50);
  expect(come(50)).toBe(50);
});

test('[INV8] of a crowd beyond that one is let in at a time, the rest is told to come again', () => {
  const { clock, come } = node(50);
  come(20);
  expect(come(80)).toBe(30 + 1);
  clock.ms += ADMISSION_INTERVAL_MS - 1;
  expect(come(10)).toBe(0);
  clock.ms += 1;
  expect(come(10)).toBe(1);
});

test('who leaves makes room for as many as were carried', () => {
  const { clock, come, leave } = node(25);
  for (let second = 0; second < 35; second += 1) {
    clock.ms += ADMISSION_INTERVAL_MS;
    come(1);
  }
  leave(20);
  expect(come(50)).toBe(20);
});

test('[INV8] while finals wait nobody is let in beyond what is carried, and nobody at all where they wait too long', () => {
  const { clock, come, leave } = node(25);
  expect(come(25, 'finals')).toBe(25);
  clock.ms += ADMISSION_INTERVAL_MS;
  expect(come(1, 'finals')).toBe(0);
  leave(24);
  expect(come(1, 'refusing')).toBe(0);
});

test('what was too much is not let in at once again, but one by one', () => {
  const { admission, clock, come, leave } = node(25);
  come(25);
  expect(come(3, 'refusing')).toBe(0);
  expect(admission.carried).toBe(20);
  leave(25);
  expect(come(25)).toBe(20 + 1);
  clock.ms += ADMISSION_INTERVAL_MS;
  expect(come(2)).toBe(1);
});

test('a single speaker is let in however slow the machine', () => {
  const { come, leave } = node(25);
  come(1);
  come(1, 'refusing');
  leave(1);
  expect(come(1)).toBe(1);
});
