import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createAdapter } from '@socket.io/redis-adapter';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { CleanUps } from '../clean-ups.ts';
import type { Settings } from '../config/settings.ts';
import { startPrivateRedis } from './private-redis.ts';
import { type AdapterSubscriber, createAdapterConnections } from './redis/adapter-connections.ts';
import { checkRedisPromises } from './redis/check-promises.ts';
import {
  type ConnectionReport,
  closeConnection,
  connectionReady,
  openConnection,
  type RedisTarget,
} from './redis/connections.ts';
import { createRedisTranscriptStore } from './redis/redis-transcript-store.ts';
import type { TranscriptStore } from './transcript-store.ts';

export interface Storage {
  readonly store: TranscriptStore;
  /** Joins the Socket.IO servers of all nodes. */
  readonly adapter: ReturnType<typeof createAdapter>;
  /** Hears what is published, across outages; news may be lost. */
  readonly subscriber: AdapterSubscriber;
  /** For what is not transcripts: keys, counters, nodes. Fails fast while Redis is away. */
  readonly redis: Redis;
  readonly nodeId: string;
  readonly warnings: readonly string[];
}

interface Place {
  readonly target: RedisTarget;
  readonly warnings: readonly string[];
  /** What was erased should leave the disk too. */
  forget(): void;
}

/** Connects to REDIS_URL, or starts a private redis-server whose data outlives this process. */
export async function startStore(
  settings: Settings,
  log: Logger,
  cleanUps: CleanUps,
): Promise<Storage> {
  const { target, warnings, forget } = await findRedis(settings, log, cleanUps);
  let phase: 'open' | 'closing' = 'open';
  const report: ConnectionReport = (event) =>
    log[event.state === 'lost' && phase === 'open' ? 'warn' : 'debug'](event, 'redis connection');
  const { publisher, subscriber, close } = await createAdapterConnections(target, report);
  cleanUps.add(close);
  const redis = openConnection(target, 'commands', report);
  cleanUps.add(() => closeConnection(redis));
  await connectionReady(redis);
  const nodeId = randomBytes(8).toString('hex');
  const store = await createRedisTranscriptStore({
    redis: target,
    nodeId,
    limits: {
      roomTtlMs: settings.ROOM_TTL * 1000,
      maxFinalsPerRoom: settings.MAX_FINALS_PER_ROOM,
    },
    report,
    onErased: forget,
  });
  cleanUps.add(() => store.close());
  cleanUps.add(() => {
    phase = 'closing';
  });
  const adapter = createAdapter(publisher, subscriber);
  return { store, adapter, subscriber, redis, nodeId, warnings };
}

async function findRedis(settings: Settings, log: Logger, cleanUps: CleanUps): Promise<Place> {
  if (settings.REDIS_URL !== undefined) {
    const warnings = await checkRedisPromises(settings.REDIS_URL);
    return { target: settings.REDIS_URL, warnings, forget: () => undefined };
  }
  const redis = await startPrivateRedis({
    dataFolder: join(settings.DATA_DIR, 'redis'),
    ...(settings.REDIS_SERVER_BIN === undefined ? {} : { binary: settings.REDIS_SERVER_BIN }),
    report: (event) =>
      log[event.event === 'started' ? 'debug' : 'warn'](event, 'private redis-server'),
  });
  cleanUps.add(() => redis.close());
  return { target: redis.options, warnings: [], forget: () => redis.compact() };
}
