import { expect, test } from 'vitest';
import type { ListedKey } from '../access/key-store.ts';
import { keysTable, stateOf } from './keys-table.ts';

const NOW_MS = new Date(2026, 10, 22, 21, 40).getTime();
const KEY: ListedKey = {
  id: 'a1b2c3d4e5',
  name: 'reception',
  prefix: 'parlance_a1b2c3d4e5',
  scopes: ['speak', 'tokens'],
  limits: { maxSessions: 3, ratePerMinute: 200 },
  createdAtMs: NOW_MS,
  expiresAtMs: null,
  revokedAtMs: null,
  lastUsedAtMs: NOW_MS,
  sessions: 2,
};

test('keys are a table whose columns stand below each other', () => {
  const other = { ...KEY, id: '0000000000', name: 'x', limits: {}, lastUsedAtMs: null };
  const [head = '', first = '', second = ''] = keysTable([KEY, other], NOW_MS).split('\n');
  expect(first).toMatch(/^a1b2c3d4e5 {2}reception {2}speak, tokens {2}3 sessions, 200\/min {2}2 /);
  expect(first).toContain('2026-11-22 21:40');
  expect(second).toMatch(/usual .* never {2,}holds$/);
  expect(head.indexOf('name')).toBe(second.indexOf('x'));
  expect(head.indexOf('state')).toBe(first.indexOf('holds'));
});

test('the state says whether a key holds, and until when', () => {
  expect(stateOf(KEY, NOW_MS)).toBe('holds');
  expect(stateOf({ ...KEY, expiresAtMs: NOW_MS + 1 }, NOW_MS)).toBe('until 2026-11-22 21:40');
  expect(stateOf({ ...KEY, expiresAtMs: NOW_MS }, NOW_MS)).toBe('over since 2026-11-22 21:40');
  const revoked = { ...KEY, expiresAtMs: NOW_MS, revokedAtMs: NOW_MS };
  expect(stateOf(revoked, NOW_MS)).toBe('revoked 2026-11-22 21:40');
});
