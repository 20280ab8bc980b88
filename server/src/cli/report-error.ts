import type { ErrorCode } from '../../../shared/errors.ts';
import { AppError } from '../../../shared/errors.ts';
import { SettingsError } from '../config/settings.ts';
import { UsageError } from './usage.ts';

/** What a person at the command line can do about an error whose message does not say it. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  server_unreachable: 'Start one with "parlance serve", or name another with --url.',
  unauthorized: 'Give the key or the watch token with --token or PARLANCE_TOKEN.',
  protocol_mismatch: 'Use the same version of Parlance on both sides.',
  server_busy: 'Try again a little later.',
  server_full: 'Try again a little later.',
  rate_limited: 'Send less, or ask the operator for a higher limit.',
  server_draining: 'Try again in a moment.',
  room_full: 'Try again a little later.',
  shutting_down: 'Try again in a moment.',
  store_unavailable: 'Try again in a moment; "parlance doctor" on the server tells more.',
  room_not_found: 'Check the name of the room; it begins with the first speaker.',
  room_ended: 'Choose another room.',
};

/** A certificate that is not trusted shows as a server that cannot be reached. */
const CERTIFICATE = /CERT|SELF_SIGNED|certificate/;
const CERTIFICATE_ADVICE = 'Trust its certificate with --ca FILE, or any with --insecure.';

export interface ErrorReport {
  readonly text: string;
  readonly exitCode: 1 | 2;
}

/** One line with a code and what to do. Only what nobody expected comes with its stack. */
export function reportError(error: unknown): ErrorReport {
  if (error instanceof UsageError || isCacError(error)) {
    return {
      text: `parlance: ${error.message} See parlance --help.`.replace(/([^.])( See)/, '$1.$2'),
      exitCode: 2,
    };
  }
  if (error instanceof AppError) {
    return { text: `parlance: ${error.code}: ${explain(error)}`, exitCode: 1 };
  }
  if (error instanceof SettingsError) {
    return { text: `parlance: invalid_setting: ${error.message}`, exitCode: 1 };
  }
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: `parlance: internal: ${told}`, exitCode: 1 };
}

export function explain(error: { code: ErrorCode; message: string }): string {
  const advice =
    error.code === 'server_unreachable' && CERTIFICATE.test(error.message)
      ? CERTIFICATE_ADVICE
      : ADVICE[error.code];
  return advice === undefined ? error.message : `${error.message} ${advice}`;
}

/** The parser's own class is not exported. */
function isCacError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'CACError';
}
