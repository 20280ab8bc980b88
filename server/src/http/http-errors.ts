import type { ErrorRequestHandler, RequestHandler } from 'express';
import { AppError, toWireError } from '../../../shared/errors.ts';
import { statusOf } from './error-status.ts';

export const nothingHere: RequestHandler = (_request, response) => {
  response.status(404).json({ error: { code: 'not_found', message: 'Nothing is here.' } });
};

/** Answers whatever a route throws in the wire form of errors. */
export const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
  // It was answered already, by a time limit for example.
  if (response.headersSent) return;
  const fault = clientFault(error);
  const wire = toWireError(
    fault === null ? error : new AppError('invalid_message', fault.message, { cause: error }),
  );
  if (wire.retryAfterMs !== undefined) {
    response.set('Retry-After', `${Math.ceil(wire.retryAfterMs / 1000)}`);
  }
  response.status(fault?.status ?? statusOf(wire.code)).json({ error: wire });
};

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
