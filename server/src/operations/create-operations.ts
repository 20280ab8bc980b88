import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import type { CleanUps } from '../clean-ups.ts';
import type { Settings } from '../config/settings.ts';
import type { LiveFigures } from '../metrics/live-figures.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import { VERSION } from '../version.ts';
import { MachineFigures } from './machine-figures.ts';
import { NodeBoard } from './node-board.ts';
import { NodeDesk } from './node-desk.ts';

export interface OperationsParts {
  readonly settings: Settings;
  readonly redis: Redis;
  readonly nodeId: string;
  readonly metrics: ServerMetrics;
  readonly cleanUps: CleanUps;
  live(): LiveFigures;
  problems(): readonly string[];
  /** Where it listens; the one that was asked for before it does. */
  port(): number;
}

/** Tells operators how this node and the others fare. Call it when everything it tells of is there. */
export function createOperations(parts: OperationsParts): NodeDesk {
  const { settings, redis, nodeId, metrics } = parts;
  const desk = new NodeDesk({
    board: new NodeBoard(redis),
    machine: new MachineFigures(settings.DATA_DIR),
    figures: () => ({
      node: nodeId,
      name: `${hostname()}:${parts.port()}`,
      version: VERSION,
      problems: parts.problems(),
      live: parts.live(),
      metrics,
    }),
    redisConnections: async () => {
      const [, clients] = /^connected_clients:(\d+)/m.exec(await redis.info('clients')) ?? [];
      return Number(clients);
    },
  });
  parts.cleanUps.add(() => desk.close());
  return desk;
}
