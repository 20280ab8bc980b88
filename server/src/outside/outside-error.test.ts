import { expect, test } from 'vitest';
import { faultOfStatus, readRetryAfter } from './outside-error.ts';

test('what a status means', () => {
  const faults = [301, 400, 401, 402, 403, 404, 413, 422, 429, 500, 502, 503, 504, 520].map(
    (status) => `${status} ${faultOfStatus(status)}`,
  );
  expect(faults).toEqual([
    '301 denied',
    '400 rejected',
    '401 denied',
    '402 denied',
    '403 denied',
    '404 denied',
    '413 rejected',
    '422 rejected',
    '429 overloaded',
    '500 broken',
    '502 unavailable',
    '503 unavailable',
    '504 unavailable',
    '520 broken',
  ]);
});

test('Retry-After in seconds or as a date, and nothing else', () => {
  const now = Date.parse('Sun, 06 Nov 1994 08:49:37 GMT');
  expect(readRetryAfter('120', now)).toBe(120_000);
  expect(readRetryAfter('0', now)).toBe(0);
  expect(readRetryAfter('Sun, 06 Nov 1994 08:50:37 GMT', now)).toBe(60_000);
  expect(readRetryAfter('Sun, 06 Nov 1994 08:00:00 GMT', now)).toBe(0);
  for (const odd of [undefined, '', 'soon', '-5', ['1', '2'], '99999999999999']) {
    expect(readRetryAfter(odd, now)).toBeUndefined();
  }
});
