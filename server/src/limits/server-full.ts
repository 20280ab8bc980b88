import { AppError } from '../../../shared/errors.ts';

/** When somebody who was refused may try again: places come back as others leave. */
export const FULL_RETRY_MS = 10_000;

/** `what` is what there is too much of, for example `at most 2250 connections`. */
export function serverFull(expected: string, got: string, retryAfterMs = FULL_RETRY_MS): AppError {
  return new AppError('server_full', `Expected ${expected}, got ${got}: try again later.`, {
    retryAfterMs,
  });
}
