import type { Scenario } from './scenario.ts';
import { balancerReloaded, rollingRestart } from './scenarios/balanced.ts';
import {
  linkAbandoned,
  linkCut,
  linkDeafClient,
  linkDeafServer,
  linkStalled,
} from './scenarios/broken-links.ts';
import { mangledFrames } from './scenarios/mangled-frames.ts';
import { nodeKilled } from './scenarios/node-killed.ts';
import { nodePaused } from './scenarios/node-paused.ts';
import { nodesKilledInARow } from './scenarios/nodes-killed-in-a-row.ts';
import { redisKilled, redisPaused } from './scenarios/redis-killed.ts';
import { rivalClients } from './scenarios/rival-clients.ts';
import { viewerStalled } from './scenarios/viewer-stalled.ts';

/** All ways to break a cluster, in the order in which they are tried. */
export const SCENARIOS: readonly Scenario[] = [
  linkCut,
  linkStalled,
  linkDeafServer,
  linkDeafClient,
  linkAbandoned,
  rivalClients,
  mangledFrames,
  viewerStalled,
  nodeKilled,
  nodesKilledInARow,
  nodePaused,
  redisKilled,
  redisPaused,
  rollingRestart,
  balancerReloaded,
];
