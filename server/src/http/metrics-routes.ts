import { Router } from 'express';
import { requireScope } from '../access/http-access.ts';
import type { HttpParts } from './http-parts.ts';

/** The metrics, for Prometheus and as JSON. */
export function metricsRoutes({ metrics }: Pick<HttpParts, 'metrics'>): Router {
  const router = Router();
  const operator = requireScope('operate');
  router.get('/metrics', operator, async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  router.get('/metrics.json', operator, async (_request, response) => {
    response.json(await metrics.registry.getMetricsAsJSON());
  });
  return router;
}
