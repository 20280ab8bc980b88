import express, { type Express } from 'express';
import { identify } from '../access/http-access.ts';
import { healthRoutes } from './health-routes.ts';
import { answerError, nothingHere } from './http-errors.ts';
import type { HttpParts } from './http-parts.ts';
import { infoRoutes } from './info-routes.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { pageRoutes } from './page-routes.ts';
import { securityHeaders } from './security-headers.ts';
import { tokenRoutes } from './token-routes.ts';

/** Plain HTTP beside the sockets: health, metrics, what the server can do, and the page. */
export function createHttpApp(parts: HttpParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders());
  app.use(identify(parts.access));
  app.use(healthRoutes(parts));
  app.use(metricsRoutes(parts));
  app.use(infoRoutes(parts));
  app.use(tokenRoutes(parts));
  app.use(pageRoutes(parts));
  app.use(nothingHere);
  app.use(answerError);
  return app;
}
