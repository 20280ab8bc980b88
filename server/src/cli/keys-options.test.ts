import { expect, test } from 'vitest';
import { SCOPES } from '../access/identity.ts';
import { expiryOption, limitsOption, nameArgument, scopesOption } from './keys-options.ts';

const NOW_MS = 1_790_000_000_000;

test('scopes come in one order, each once; by default a key does not look into the server', () => {
  expect(scopesOption('operate, speak,speak')).toEqual(['speak', 'operate']);
  expect(scopesOption(SCOPES.join(' '))).toEqual(SCOPES);
  expect(scopesOption(undefined)).not.toContain('operate');
  for (const wrong of ['', ',', 'fly', 'speak,fly', 'Speak']) {
    expect(() => scopesOption(wrong)).toThrow(/--scopes out of speak, watch, tokens, operate/);
  }
});

test('an end is a number of minutes, hours or days from now', () => {
  expect(expiryOption(undefined, NOW_MS)).toBeNull();
  expect(expiryOption('30m', NOW_MS)).toBe(NOW_MS + 30 * 60_000);
  expect(expiryOption('12h', NOW_MS)).toBe(NOW_MS + 12 * 3_600_000);
  expect(expiryOption('90d', NOW_MS)).toBe(NOW_MS + 90 * 86_400_000);
  for (const wrong of ['0d', '90', 'd', '1y', '-1d', '1.5d', '99999d', '1e3d', '']) {
    expect(() => expiryOption(wrong, NOW_MS)).toThrow(/--expires like 30m, 12h or 90d/);
  }
});

test('limits are whole numbers from 1 on', () => {
  expect(limitsOption({ maxSessions: undefined, rate: undefined })).toEqual({});
  expect(limitsOption({ maxSessions: '5', rate: '200' })).toEqual({
    maxSessions: 5,
    ratePerMinute: 200,
  });
  for (const wrong of ['0', '-1', '1.5', 'many', '1000001', '']) {
    expect(() => limitsOption({ maxSessions: wrong, rate: undefined })).toThrow(/--max-sessions/);
    expect(() => limitsOption({ maxSessions: undefined, rate: wrong })).toThrow(/--rate/);
  }
});

test('a name is one line that a table can show', () => {
  for (const name of [
    'a',
    'Großer Saal 2',
    'dash-board',
    'ops@example.org',
    'ホール',
    'x'.repeat(48),
  ]) {
    expect(nameArgument(name)).toBe(name);
  }
  const wrong = ['', ' ', '-x', 'x ', 'a\nb', 'a\u001b[31m', 'a\u202eb', 'a/b', 'x'.repeat(49)];
  for (const name of [undefined, ...wrong]) {
    expect(() => nameArgument(name)).toThrow(/keys create NAME/);
  }
});
