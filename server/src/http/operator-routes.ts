import { Router } from 'express';
import { AppError } from '../../../shared/errors.ts';
import type { ConcurrentStatus, Performance, Status } from '../../../shared/http-answers.ts';
import { requireScope } from '../access/http-access.ts';
import { clusterStatus } from '../operations/node-desk.ts';
import type { HttpParts } from './http-parts.ts';

/** What an operator's tools ask: how this node fares, and all nodes. */
export function operatorRoutes({ nodes }: Pick<HttpParts, 'nodes'>): Router {
  const router = Router();
  const operator = requireScope('operate');
  router.get('/status', operator, async (request, response) => {
    const { cluster } = request.query;
    if (cluster !== undefined && cluster !== '0' && cluster !== '1') {
      throw new AppError('invalid_message', 'Expected ?cluster=1, ?cluster=0 or none.');
    }
    if (cluster === '1') {
      response.json(clusterStatus(await nodes.all()));
      return;
    }
    const answer: Status = (await nodes.own()).status;
    response.json(answer);
  });
  router.get('/api/v1/performance', operator, async (_request, response) => {
    const answer: Performance = (await nodes.own()).performance;
    response.json(answer);
  });
  router.get('/api/v1/concurrent-status', operator, async (_request, response) => {
    const answer: ConcurrentStatus = (await nodes.own()).concurrent;
    response.json(answer);
  });
  router.get('/api/v1/nodes', operator, async (_request, response) => {
    response.json(await nodes.all());
  });
  return router;
}
