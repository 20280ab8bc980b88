import { Router } from 'express';
import type { HttpParts } from './http-parts.ts';

/** The metrics for Prometheus. */
export function metricsRoutes({ metrics }: Pick<HttpParts, 'metrics'>): Router {
  const router = Router();
  router.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  return router;
}
