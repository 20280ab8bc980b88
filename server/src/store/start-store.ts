import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createAdapter } from '@socket.io/redis-adapter';
import type { CleanUps } from '../clean-ups.ts';
import type { Settings } from '../config/settings.ts';
import { startPrivateRedis } from './private-redis.ts';
import { createAdapterConnections } from './redis/connections.ts';
import { createRedisTranscriptStore } from './redis/redis-transcript-store.ts';
import type { TranscriptStore } from './transcript-store.ts';

export interface Storage {
  readonly store: TranscriptStore;
  /** Joins the Socket.IO servers of all nodes. */
  readonly adapter: ReturnType<typeof createAdapter>;
  readonly warnings: readonly string[];
}

/** Connects to REDIS_URL, or starts a private redis-server whose data outlives this process. */
export async function startStore(settings: Settings, cleanUps: CleanUps): Promise<Storage> {
  let target: Parameters<typeof createRedisTranscriptStore>[0]['redis'];
  if (settings.REDIS_URL === undefined) {
    const redis = await startPrivateRedis({
      dataFolder: join(settings.DATA_DIR, 'redis'),
      ...(settings.REDIS_SERVER_BIN === undefined ? {} : { binary: settings.REDIS_SERVER_BIN }),
    });
    cleanUps.add(() => redis.close());
    target = redis.options;
  } else {
    target = settings.REDIS_URL;
  }
  const { publisher, subscriber, close } = await createAdapterConnections(target);
  cleanUps.add(close);
  const store = await createRedisTranscriptStore({
    redis: target,
    nodeId: randomBytes(8).toString('hex'),
    limits: {
      roomTtlMs: settings.ROOM_TTL * 1000,
      maxFinalsPerRoom: settings.MAX_FINALS_PER_ROOM,
    },
  });
  cleanUps.add(() => store.close());
  return { store, adapter: createAdapter(publisher, subscriber), warnings: [] };
}
