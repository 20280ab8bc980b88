import { expect, test } from 'vitest';
import type { ErrorCode } from '../../../shared/errors.ts';
import { isWireError, localError, toAppError } from './wire-error.ts';

test('an error of the protocol is told from anything else', () => {
  expect(isWireError(localError('server_busy', 'full'))).toBe(true);
  for (const other of [null, undefined, 'server_busy', {}, { code: 'x' }, new Error('x')]) {
    expect(isWireError(other)).toBe(false);
  }
});

test('what the server asks for stays with the error', () => {
  const error = toAppError({
    ...localError('audio_gap', 'Expected frame 5.'),
    expectedSeq: 5,
    retryAfterMs: 100,
  });
  expect(error).toMatchObject({
    code: 'audio_gap',
    message: 'Expected frame 5.',
    retryable: true,
    expectedSeq: 5,
    retryAfterMs: 100,
  });
});

test('a code that a newer server invented becomes internal', () => {
  const code = 'quota_exceeded' as ErrorCode;
  expect(toAppError({ code, message: 'Too much.', retryable: false })).toMatchObject({
    code: 'internal',
    message: 'Too much.',
  });
});
