/**
 * Every error that crosses the wire. `retryable` tells a client whether the same request may
 * succeed later without anything else being changed.
 */
export const ERROR_CODES = {
  protocol_mismatch: { retryable: false },
  invalid_message: { retryable: false },
  unauthorized: { retryable: false },
  forbidden: { retryable: false },
  token_expired: { retryable: false },
  key_expired: { retryable: false },
  key_revoked: { retryable: false },
  keys_required: { retryable: false },
  key_not_found: { retryable: false },
  key_name_taken: { retryable: false },
  too_many_keys: { retryable: false },
  too_many_sessions: { retryable: true },
  audio_malformed: { retryable: false },
  audio_gap: { retryable: true },
  audio_too_fast: { retryable: true },
  server_busy: { retryable: true },
  server_full: { retryable: true },
  rate_limited: { retryable: true },
  request_timeout: { retryable: true },
  origin_refused: { retryable: false },
  server_draining: { retryable: true },
  language_unsupported: { retryable: false },
  room_not_found: { retryable: false },
  room_ended: { retryable: false },
  room_full: { retryable: true },
  not_room_owner: { retryable: false },
  session_not_found: { retryable: false },
  session_taken: { retryable: true },
  session_ended: { retryable: false },
  session_fenced: { retryable: false },
  session_required: { retryable: false },
  session_idle: { retryable: false },
  final_misplaced: { retryable: false },
  slow_viewer: { retryable: true },
  shutting_down: { retryable: true },
  recognizer_failed: { retryable: true },
  translator_failed: { retryable: true },
  decoder_failed: { retryable: true },
  store_unavailable: { retryable: true },
  model_missing: { retryable: false },
  model_damaged: { retryable: false },
  download_failed: { retryable: true },
  disk_full: { retryable: false },
  program_missing: { retryable: false },
  port_in_use: { retryable: false },
  server_unreachable: { retryable: true },
  file_unreadable: { retryable: false },
  invalid_setting: { retryable: false },
  internal: { retryable: true },
} as const satisfies Record<string, { retryable: boolean }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error as it is sent: never carries what a person said, a key or a token (INV7). */
export interface WireError {
  code: ErrorCode;
  message: string;
  retryable: boolean;
  /** When a retry makes sense, in milliseconds from now. */
  retryAfterMs?: number;
  /** For `audio_gap`: the frame that the server waits for. */
  expectedSeq?: number;
}

/** The one error class of the product: thrown where found, translated once at the edge. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly expectedSeq: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number; expectedSeq?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = ERROR_CODES[code].retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.expectedSeq = options.expectedSeq;
  }
}

/** Translates anything thrown into its wire form; what is not an {@link AppError} becomes `internal`. */
export function toWireError(error: unknown): WireError {
  if (!(error instanceof AppError)) {
    return { code: 'internal', message: 'Something went wrong on the server.', retryable: true };
  }
  return {
    code: error.code,
    message: error.message,
    retryable: error.retryable,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.expectedSeq === undefined ? {} : { expectedSeq: error.expectedSeq }),
  };
}
