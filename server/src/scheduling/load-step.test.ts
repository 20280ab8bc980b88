import { expect, test } from 'vitest';
import { LOAD_STEPS, type LoadStep, nextLoadStep } from './load-step.ts';

const at = (intervalMs: number, finalWaitMs = 0, baseIntervalMs = 700) => ({
  intervalMs,
  baseIntervalMs,
  finalWaitMs,
  maxFinalWaitMs: 2_000,
});

test('[INV8] under growing load things are given up in this order', () => {
  let step: LoadStep = 'full';
  const seen: LoadStep[] = [step];
  for (const figures of [
    at(700),
    at(900),
    at(1_200),
    at(3_000),
    at(6_000, 800),
    at(9_000, 2_100),
  ]) {
    step = nextLoadStep(step, figures);
    if (seen.at(-1) !== step) seen.push(step);
  }
  expect(seen).toEqual(LOAD_STEPS);
});

test('[INV8] when the load falls it all comes back, one step at a time', () => {
  let step: LoadStep = 'refusing';
  const seen: LoadStep[] = [step];
  for (let look = 0; look < 6; look += 1) {
    step = nextLoadStep(step, at(700));
    if (seen.at(-1) !== step) seen.push(step);
  }
  expect(seen).toEqual([...LOAD_STEPS].reverse());
});

test('a step is kept while the load is near to what led to it', () => {
  expect(nextLoadStep('untranslated', at(2_400))).toBe('untranslated');
  expect(nextLoadStep('untranslated', at(1_700))).toBe('slower');
  expect(nextLoadStep('refusing', at(700, 1_500))).toBe('refusing');
});

test('a rhythm that was wished slow is no load', () => {
  expect(nextLoadStep('full', at(10_000, 0, 10_000))).toBe('full');
});
