import { expect, test } from 'vitest';
import { briskSpeakers, checkCapacity } from './capacity.ts';

const GIB = 2 ** 30;

test('cores, memory and the limit each bound the number of speakers', () => {
  expect(briskSpeakers({ cores: 2, memoryBytes: 24 * GIB, maxLiveSessions: 50 })).toBe(9);
  expect(briskSpeakers({ cores: 64, memoryBytes: 2 * GIB, maxLiveSessions: 500 })).toBe(50);
  expect(briskSpeakers({ cores: 64, memoryBytes: 64 * GIB, maxLiveSessions: 5 })).toBe(5);
});

test('too little memory is a warning and never a negative number', () => {
  const finding = checkCapacity({ cores: 1, memoryBytes: GIB / 2, maxLiveSessions: 25 });
  expect(finding.level).toBe('warn');
  expect(finding.found).toBe('hardly one (1 core, 1 GiB)');
});

test('the limit is named where it allows more than is brisk', () => {
  const machine = { cores: 2, memoryBytes: 8 * GIB, maxLiveSessions: 50 };
  expect(checkCapacity(machine).found).toContain('up to 50 (MAX_LIVE_SESSIONS)');
  expect(checkCapacity({ ...machine, maxLiveSessions: 3 }).found).not.toContain('up to');
});
