import { setTimeout as delay } from 'node:timers/promises';
import type { Outcome, Scenario } from '../scenario.ts';
import type { Stage } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

/** Nodes notice at the latest when they next ask whether Redis is there. */
const NOTICE_LIMIT_MS = 10_000;
const RECOVER_LIMIT_MS = 20_000;
/** In so long an outage somebody speaks, and is to be seen to. */
const LONG_OUTAGE_MS = 6_000;

/** kill -9 of Redis, and its return after some seconds. */
export const redisKilled: Scenario = {
  name: 'redis-killed',
  summary: 'kill -9 of Redis, back after some seconds: finals wait, nothing is acknowledged',
  peaceful: false,
  run: (stage) =>
    outage(stage, {
      away: () => stage.cluster.redis.kill(),
      back: () => stage.cluster.redis.start(),
    }),
};

/** SIGSTOP of Redis: commands time out, and some are carried out all the same. */
export const redisPaused: Scenario = {
  name: 'redis-paused',
  summary: 'SIGSTOP of Redis for some seconds: what timed out may have happened all the same',
  peaceful: false,
  run: (stage) =>
    outage(stage, {
      away: () => Promise.resolve(stage.cluster.redis.pause()),
      back: () => Promise.resolve(stage.cluster.redis.unpause()),
    }),
};

interface Outage {
  away(): Promise<void>;
  back(): Promise<void>;
}

async function outage(stage: Stage, { away, back }: Outage): Promise<Outcome> {
  const { nodes } = stage.cluster;
  const { signal } = stage;
  const gathering = await stage.gather({
    speakerUrl: nodes[0]?.url ?? '',
    viewerUrls: nodes.map(({ url }) => url),
  });
  const { client } = gathering.speaker;
  const problems: string[] = [];
  let partialsAway = 0;
  const sessions = await stage.during([gathering], async () => {
    await delay(stage.moment(0.2, 0.4), undefined, { signal });
    await away();
    try {
      await waitFor('every node to say degraded', NOTICE_LIMIT_MS, signal, async () => {
        const told = await Promise.all(nodes.map((node) => node.health()));
        return told.every(({ status }) => status === 'degraded');
      });
      const acked = client.ackedSeq;
      const stop = client.on('partial', () => {
        partialsAway += 1;
      });
      const awayMs = stage.moment(0.2, 0.3);
      await delay(awayMs, undefined, { signal });
      stop();
      if (awayMs >= LONG_OUTAGE_MS && partialsAway === 0) {
        problems.push('no partials while Redis was away');
      }
      if (client.ackedSeq > acked) {
        problems.push(`[INV1] ${client.ackedSeq - acked} frames acknowledged without Redis`);
      }
    } finally {
      await back();
    }
  });
  await waitFor('every node to say ok', RECOVER_LIMIT_MS, signal, async () => {
    const told = await Promise.all(nodes.map((node) => node.health()));
    return told.every(({ status }) => status === 'ok');
  });
  return { sessions, facts: { partialsAway }, problems };
}
