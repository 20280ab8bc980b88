import { Router } from 'express';
import type { HttpParts } from './http-parts.ts';

const UNREADY_STATUS = 503;

/** Whether the process lives, and whether it takes newcomers. */
export function healthRoutes(parts: Pick<HttpParts, 'draining' | 'unready'>): Router {
  const router = Router();
  router.get('/health', (_request, response) => {
    const problems = parts.unready();
    const fares = problems.length === 0 ? 'ok' : 'degraded';
    response.json({ status: parts.draining() ? 'draining' : fares, problems });
  });
  router.get('/ready', (_request, response) => {
    const problems = [...(parts.draining() ? ['This node is draining'] : []), ...parts.unready()];
    response
      .status(problems.length === 0 ? 200 : UNREADY_STATUS)
      .json({ ready: problems.length === 0, problems });
  });
  return router;
}
