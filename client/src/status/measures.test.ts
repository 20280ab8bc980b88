import { expect, test } from 'vitest';
import { MEASURES } from './measures.ts';
import { nodeReport } from './testing/node-reports.ts';

const shown = (id: string, slots: Partial<Record<'recognition' | 'translation', object>>) => {
  const report = nodeReport({ name: 'a', sessions: 25 });
  Object.assign(report.concurrent.slots, slots);
  const measure = MEASURES.find((each) => each.id === id);
  const value = measure?.read(report, 0, []) ?? null;
  return value === null ? null : measure?.words(value);
};

test('slots are told as the share that is in use', () => {
  const recognition = { total: 2, in_use: 1, waiting: 3 };
  const translation = { total: 16, in_use: 2, waiting: 4 };
  expect(shown('recognition', { recognition })).toBe('50 %');
  expect(shown('translation', { translation })).toBe('13 %');
  expect(shown('waiting', { recognition, translation })).toBe('7');
});

test('where nothing translates there is nothing to tell', () => {
  expect(shown('translation', { translation: { total: 0, in_use: 0, waiting: 0 } })).toBeNull();
});
