import { AppError, type ErrorCode } from '../../../shared/errors.ts';

/** What became of one thing that a user did. */
export type Outcome =
  | { readonly kind: 'ok' }
  /** The server held a limit, and said so by name. */
  | { readonly kind: 'refused'; readonly code: string; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'failed'; readonly code: string };

export const OK: Outcome = { kind: 'ok' };

/** The server's own words for "not now". Anything else that is not a success is a failure. */
const REFUSALS: ReadonlySet<string> = new Set<ErrorCode>([
  'server_busy',
  'server_full',
  'rate_limited',
  'too_many_sessions',
  'room_full',
  'slow_viewer',
  'request_timeout',
  'server_draining',
  'shutting_down',
]);
/** HTTP's words for the same: too many requests, service unavailable. */
const REFUSING_STATUS: ReadonlySet<number> = new Set([429, 503]);
/** What all the others would be told, too. */
const HOPELESS: ReadonlySet<string> = new Set<ErrorCode>([
  'unauthorized',
  'forbidden',
  'token_expired',
  'key_expired',
  'key_revoked',
  'origin_refused',
  'protocol_mismatch',
]);

export function outcomeOfCode(code: string): Outcome {
  return { kind: REFUSALS.has(code) ? 'refused' : 'failed', code };
}

export function outcomeOfStatus(status: number): Outcome {
  return { kind: REFUSING_STATUS.has(status) ? 'refused' : 'failed', code: `http_${status}` };
}

/** A handshake that was answered with plain HTTP arrives as an error that only its text tells. */
export function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof AppError)) return outcomeOfCode('internal');
  const status = /server response: (\d{3})/.exec(error.message)?.[1];
  if (error.code === 'server_unreachable' && status !== undefined) {
    return outcomeOfStatus(Number(status));
  }
  const outcome = outcomeOfCode(error.code);
  const { retryAfterMs } = error;
  return outcome.kind === 'refused' ? { ...outcome, retryAfterMs } : outcome;
}

/** Whether going on makes no sense: nobody else would fare better. */
export function isHopeless(outcome: Outcome): boolean {
  return outcome.kind !== 'ok' && HOPELESS.has(outcome.code);
}
