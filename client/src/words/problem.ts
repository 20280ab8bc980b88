import { AppError, ERROR_CODES, type WireError } from '../../../shared/errors.ts';
import { CaptureError, type CaptureErrorCode } from '../capture/capture-error.ts';
import { ServerUnreachable } from '../server/server-answers.ts';
import type { Advice } from './advice.ts';
import { captureAdvice } from './capture-advice.ts';
import { type Role, wireAdvice } from './wire-advice.ts';

/** Something that went wrong, ready to be shown. */
export interface Problem {
  code: CaptureErrorCode | WireError['code'];
  advice: Advice;
  /** True where the same may work later without anything being changed. */
  retryable: boolean;
}

/** Words for anything that was thrown; what nobody foresaw reads as trouble on the server. */
export function problemOf(error: unknown, role: Role): Problem {
  if (error instanceof CaptureError) {
    return { code: error.code, advice: captureAdvice(error.code), retryable: false };
  }
  if (error instanceof AppError) return wireProblem(error, role);
  if (error instanceof ServerUnreachable) return wireProblem({ code: 'server_unreachable' }, role);
  return wireProblem({ code: 'internal' }, role);
}

export function wireProblem(
  error: { code: WireError['code']; retryAfterMs?: number | undefined },
  role: Role,
): Problem {
  const { code, retryAfterMs } = error;
  const advice = wireAdvice(retryAfterMs === undefined ? { code } : { code, retryAfterMs }, role);
  const retryable = Object.hasOwn(ERROR_CODES, code) && ERROR_CODES[code].retryable;
  return { code, advice, retryable };
}
