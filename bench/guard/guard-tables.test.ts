import { expect, test } from 'vitest';
import { hypothesisOf } from '../../server/src/recognition/fake/scripted-recognizer.ts';
import type { BenchClip } from '../corpus.ts';
import type { CollectedHypothesis } from './collect-hypotheses.ts';
import type { Cut } from './cut-speech.ts';
import { guardTable, measureGuard, sessionTable, sweepTable } from './guard-tables.ts';

const collected = (
  set: BenchClip['set'],
  cut: Cut,
  text: string,
  mean: number,
): CollectedHypothesis => ({
  ...hypothesisOf(text, mean),
  clip: { id: 'x', group: set, set, path: '', language: 'en', seconds: 6, reference: '' },
  cut,
  durationMs: 6000,
});

const found = [
  collected('en', 'live', 'quite a clear sentence', -0.1),
  collected('en', 'live', 'you', -0.1),
  collected('foreign', 'live', 'a rather unclear sentence', -0.7),
];

test('counts what is accepted, why not, and words a minute', () => {
  expect(measureGuard(found)).toEqual({
    hypotheses: 3,
    minutes: 0.3,
    accepted: 1,
    refused: { empty: 1, repetition: 0, too_long: 0, not_understood: 1 },
    wordsPerMinute: 4 / 0.3,
  });
  expect(measureGuard([]).wordsPerMinute).toBe(0);
});

test('every table has a cell for every column', () => {
  for (const table of [guardTable(found), sweepTable(found), sessionTable(found)]) {
    expect(table.rows.length).toBeGreaterThan(0);
    for (const row of table.rows) expect(row.length).toBe(table.columns.length);
  }
});
