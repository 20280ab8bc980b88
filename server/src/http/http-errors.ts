import type { ErrorRequestHandler, RequestHandler } from 'express';
import { AppError, toWireError, type WireError } from '../../../shared/errors.ts';
import { faultFacts } from '../log/fault-facts.ts';
import { statusOf } from './error-status.ts';
import type { HttpParts } from './http-parts.ts';

export const nothingHere: RequestHandler = (_request, response) => {
  response.status(404).json({ error: { code: 'not_found', message: 'Nothing is here.' } });
};

/** Answers whatever a route throws in the wire form of errors, and counts and logs what it was. */
export function answerErrors({ log, metrics }: Pick<HttpParts, 'log' | 'metrics'>) {
  const answer: ErrorRequestHandler = (error, _request, response, _next) => {
    // It was answered already, by a time limit for example.
    if (response.headersSent) return;
    const { wire, status } = told(error);
    const { requestId } = response.locals;
    response.locals.errorCode = wire.code;
    metrics.errors.inc({ code: wire.code });
    if (wire.code === 'internal') log.error({ requestId, ...faultFacts(error) }, 'request failed');
    if (wire.retryAfterMs !== undefined) {
      response.set('Retry-After', `${Math.ceil(wire.retryAfterMs / 1000)}`);
    }
    response.status(status).json({ error: wire });
  };
  return answer;
}

function told(error: unknown): { wire: WireError; status: number } {
  const fault = clientFault(error);
  const wire = toWireError(
    fault === null ? error : new AppError('invalid_message', fault.message, { cause: error }),
  );
  return { wire, status: fault?.status ?? statusOf(wire.code) };
}

/** What Express and its body parsers refuse, by their status; their own messages may quote the request. */
function clientFault(error: unknown): { status: number; message: string } | null {
  if (error instanceof AppError || !(error instanceof Error) || !('status' in error)) return null;
  const { status } = error;
  if (typeof status !== 'number' || status < 400 || status >= 500) return null;
  if (status === 413)
    return { status, message: 'Expected a smaller body, got one above the limit.' };
  if (status === 415) {
    return { status, message: 'Expected a plain UTF-8 body, got a compressed or other one.' };
  }
  return { status, message: 'Expected a well-formed request, got one that can not be read.' };
}
