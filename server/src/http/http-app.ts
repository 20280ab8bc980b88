import express, { type Express } from 'express';
import { identify } from '../access/http-access.ts';
import { descriptionRoutes } from './description-routes.ts';
import { healthRoutes } from './health-routes.ts';
import { answerErrors, nothingHere } from './http-errors.ts';
import type { HttpParts } from './http-parts.ts';
import { infoRoutes } from './info-routes.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { oneByOne } from './one-by-one.ts';
import { API_DOCUMENT } from './openapi/document.ts';
import { knownMethodsOnly } from './openapi/known-methods.ts';
import { operatorRoutes } from './operator-routes.ts';
import { pageRoutes } from './page-routes.ts';
import { requestLog } from './request-log.ts';
import { securityHeaders } from './security-headers.ts';
import { tokenRoutes } from './token-routes.ts';

/**
 * Paths whose requests are counted by the minute: all but health, the page's files, and the metrics,
 * for which Prometheus asks each node every few seconds with one key for all of them.
 */
const COUNTED = ['/api', '/status', '/openapi.json', '/docs'];

/** Plain HTTP beside the sockets: health, metrics, what the server can do, and the page. */
export function createHttpApp(parts: HttpParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(oneByOne);
  app.use(requestLog(parts));
  app.use(securityHeaders());
  app.use(parts.limits.names);
  app.use(parts.limits.origins);
  // A server that takes no more still tells that it lives.
  app.use(healthRoutes(parts));
  app.use(parts.limits.requests.handler);
  app.use(identify(parts.access));
  app.use(COUNTED, parts.limits.rate);
  app.use(metricsRoutes(parts));
  app.use(operatorRoutes(parts));
  app.use(descriptionRoutes());
  app.use(infoRoutes(parts));
  app.use(tokenRoutes(parts));
  app.use(pageRoutes(parts));
  app.use(knownMethodsOnly(API_DOCUMENT));
  app.use(nothingHere);
  app.use(answerErrors(parts));
  return app;
}
