import type { ErrorCode } from '../../../shared/errors.ts';
import type { Outcome } from '../metrics/server-metrics.ts';

const CLIENT_FAULT = 400;
const SERVER_FAULT = 500;

/** The status of an HTTP answer by its error; what is not here is a fault of the server. */
const STATUS_OF: Partial<Record<ErrorCode, number>> = {
  invalid_message: 400,
  unauthorized: 401,
  token_expired: 401,
  key_expired: 401,
  key_revoked: 401,
  forbidden: 403,
  origin_refused: 403,
  language_unsupported: 404,
  keys_required: 409,
  rate_limited: 429,
  server_full: 503,
  request_timeout: 503,
  store_unavailable: 503,
};

/** Errors that are ours, or tell that there is too little of us. */
const FAILURES: ReadonlySet<ErrorCode> = new Set([
  'internal',
  'recognizer_failed',
  'translator_failed',
  'decoder_failed',
  'store_unavailable',
  'server_busy',
  'server_full',
  'request_timeout',
  'model_missing',
  'model_damaged',
  'program_missing',
  'disk_full',
]);

export function statusOf(code: ErrorCode): number {
  return STATUS_OF[code] ?? SERVER_FAULT;
}

/** Whose doing an error is that was told to somebody. */
export function outcomeOf(code: ErrorCode): Outcome {
  return FAILURES.has(code) ? 'failed' : 'refused';
}

/** What came of an HTTP request, by the status of its answer. */
export function outcomeOfStatus(status: number): Outcome {
  if (status >= SERVER_FAULT) return 'failed';
  return status >= CLIENT_FAULT ? 'refused' : 'ok';
}
