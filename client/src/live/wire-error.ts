import { AppError, ERROR_CODES, type ErrorCode, type WireError } from '../../../shared/errors.ts';

/** An error made on this side, in the form in which the server's arrive. */
export function localError(code: ErrorCode, message: string): WireError {
  return { code, message, retryable: ERROR_CODES[code].retryable };
}

/** Whether something unknown (a refused handshake's payload, say) is an error of our protocol. */
export function isWireError(value: unknown): value is WireError {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, retryable } = value as Record<string, unknown>;
  return typeof code === 'string' && typeof message === 'string' && typeof retryable === 'boolean';
}

/** The same error as an exception. A code that a newer server invented becomes `internal`. */
export function toAppError(error: WireError): AppError {
  const code = Object.hasOwn(ERROR_CODES, error.code) ? error.code : 'internal';
  return new AppError(code, error.message, {
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.expectedSeq === undefined ? {} : { expectedSeq: error.expectedSeq }),
  });
}

/** The server was silent for longer than it may be. */
export function noSign(limitMs: number): WireError {
  return localError('server_unreachable', `Expected a sign of the server within ${limitMs} ms.`);
}

/** Codes that are no answer to what was asked: nobody was there, or only somebody who is leaving. */
const UNANSWERED: ReadonlySet<string> = new Set([
  'server_unreachable',
  'shutting_down',
  'server_draining',
]);

export function isUnanswered(error: WireError): boolean {
  return UNANSWERED.has(error.code);
}

/** Errors of a running session which say that this link no longer carries it: another one may. */
const LINK_ENDING: ReadonlySet<string> = new Set([
  'shutting_down',
  'session_fenced',
  'session_required',
]);

export function endsLink(error: WireError): boolean {
  return LINK_ENDING.has(error.code);
}
