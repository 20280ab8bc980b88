import type { ErrorRequestHandler, RequestHandler } from 'express';
import { toWireError } from '../../../shared/errors.ts';

const STATUS_OF: Partial<Record<string, number>> = {
  invalid_message: 400,
  language_unsupported: 404,
};

export const nothingHere: RequestHandler = (_request, response) => {
  response.status(404).json({ error: { code: 'not_found', message: 'Nothing is here.' } });
};

/** Answers whatever a route throws in the wire form of errors. */
export const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
  const wire = toWireError(error);
  response.status(STATUS_OF[wire.code] ?? 500).json({ error: wire });
};
