/** Everything that can go wrong between a sound and its packet, as the page explains it. */
export const CAPTURE_ERROR_CODES = [
  'insecure_context',
  'browser_unsupported',
  'microphone_refused',
  'microphone_blocked_by_system',
  'microphone_missing',
  'microphone_busy',
  'microphone_lost',
  'sound_suspended',
  'tab_unsupported',
  'tab_refused',
  'tab_without_sound',
  'tab_ended',
  'file_unreadable',
  'file_too_large',
  'encoder_failed',
] as const;

export type CaptureErrorCode = (typeof CAPTURE_ERROR_CODES)[number];

export class CaptureError extends Error {
  override readonly name = 'CaptureError';
  readonly code: CaptureErrorCode;

  constructor(code: CaptureErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** What a refused getUserMedia means; the names are those of the Media Capture specification. */
export function microphoneError(cause: unknown): CaptureError {
  const { name, message } = describe(cause);
  const code = microphoneErrorCode(name, message);
  return new CaptureError(code, `Expected a microphone, got ${name}.`, { cause });
}

/** What a refused getDisplayMedia means. */
export function tabError(cause: unknown): CaptureError {
  const { name } = describe(cause);
  const code =
    name === 'NotSupportedError' || name === 'TypeError' ? 'tab_unsupported' : 'tab_refused';
  return new CaptureError(code, `Expected a tab's sound, got ${name}.`, { cause });
}

function microphoneErrorCode(name: string, message: string): CaptureErrorCode {
  switch (name) {
    case 'NotAllowedError':
      return /system/i.test(message) ? 'microphone_blocked_by_system' : 'microphone_refused';
    case 'SecurityError':
      return 'microphone_refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'microphone_missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'microphone_busy';
    default:
      return 'browser_unsupported';
  }
}

function describe(cause: unknown): { name: string; message: string } {
  return cause instanceof Error ? cause : { name: typeof cause, message: '' };
}
