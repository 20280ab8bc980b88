import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { TrustsProxy } from '../limits/client-address.ts';
import { outcomeOfStatus } from './error-status.ts';
import type { HttpParts } from './http-parts.ts';

const REQUEST_ID_BYTES = 9;
/** The id of a trusted proxy is taken over where it looks like one, so that its log and ours meet. */
const FOREIGN_ID = /^[A-Za-z0-9_-]{8,64}$/;
/** Stands for what no route of ours answered: the page's files, and what is not there. */
const NO_ROUTE = 'other';
/** Asked by machines all the time: what they are told is nobody's failed request. */
const PROBES: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics', '/metrics.json']);
/** Somebody who left before the answer; nginx's number for it. */
const LEFT_STATUS = 499;

/**
 * Gives each request an id (`X-Request-Id`), counts and times it, and logs one line when it is
 * answered: at debug, at info where it was refused, at warn where the server failed. The line names
 * the route's pattern: addresses hold names of rooms, and queries might hold anything (INV7).
 */
export function requestLog({
  log,
  metrics,
  limits: { trusts },
}: Pick<HttpParts, 'log' | 'metrics' | 'limits'>): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const requestId = idOf(request, trusts);
    response.locals.requestId = requestId;
    response.set('X-Request-Id', requestId);
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : LEFT_STATUS;
      const outcome = outcomeOfStatus(status);
      const method = knownMethod(request.method);
      const route = routeOf(request);
      const ms = performance.now() - startedAt;
      metrics.answered(PROBES.has(route) ? 'probe' : 'http', outcome);
      metrics.answeredHttp(method, route, status, ms / 1000);
      const code: unknown = response.locals.errorCode;
      const line = { requestId, method, route, status, ms: Math.round(ms) };
      log[LEVEL_OF[outcome]](code === undefined ? line : { ...line, code }, 'request');
    });
    next();
  };
}

const LEVEL_OF = { ok: 'debug', refused: 'info', failed: 'warn' } as const;

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Anybody may send any word as a method: a label must not grow with it. */
function knownMethod(method: string): string {
  return METHODS.has(method) ? method : 'OTHER';
}

function idOf(request: Request, trusts: TrustsProxy): string {
  const foreign = request.get('x-request-id');
  if (foreign !== undefined && FOREIGN_ID.test(foreign) && trusts(peerOf(request), 0)) {
    return foreign;
  }
  return randomBytes(REQUEST_ID_BYTES).toString('base64url');
}

function peerOf({ socket }: Request): string {
  return socket.remoteAddress ?? '';
}

/** The pattern of the route that answered, such as `/watch/:room`. */
function routeOf(request: Request): string {
  const path: unknown = request.route?.path;
  return typeof path === 'string' ? path : NO_ROUTE;
}
