import type { CleanUps } from '../clean-ups.ts';
import type { Settings } from '../config/settings.ts';
import {
  closeConnection,
  connectionReady,
  openConnection,
  type RedisTarget,
} from '../store/redis/connections.ts';
import type { Storage } from '../store/start-store.ts';
import { LEASE_MS } from '../store/store-limits.ts';
import { Access } from './access.ts';
import { KeyRing } from './key-ring.ts';
import { KeySessions } from './key-sessions.ts';
import { checkReach, opensWithoutKeys } from './reach.ts';
import { createRedisKeyStore } from './redis-key-store.ts';

/**
 * What a server checks at its start, for a program that only leads others to servers. Rejects with
 * `keys_required` or `store_unavailable`.
 */
export async function checkReachOf(settings: Settings, redisTarget: RedisTarget): Promise<void> {
  const redis = openConnection(redisTarget, 'commands');
  try {
    await connectionReady(redis);
    const snapshot = await createRedisKeyStore({ redis }).read(null);
    checkReach(settings, snapshot !== null && snapshot.keys.length > 0);
  } finally {
    await closeConnection(redis);
  }
}

export interface AccessParts {
  readonly access: Access;
  readonly keySessions: KeySessions;
}

/** Who is let in. Rejects with `keys_required` where everybody could come in unintendedly. */
export async function createAccess(
  settings: Settings,
  { redis, subscriber }: Pick<Storage, 'redis' | 'subscriber'>,
  cleanUps: CleanUps,
): Promise<AccessParts> {
  const store = createRedisKeyStore({ redis, news: subscriber });
  cleanUps.add(() => store.close());
  const keys = await KeyRing.open(store);
  cleanUps.add(() => keys.close());
  checkReach(settings, !keys.isEmpty);
  const keySessions = new KeySessions({
    store,
    maxSessions: settings.MAX_SESSIONS_PER_KEY,
    holdMs: LEASE_MS + settings.SESSION_GRACE * 1000,
  });
  cleanUps.add(() => keySessions.stop());
  const access = new Access({
    accessKey: settings.ACCESS_KEY ?? null,
    keys,
    opens: opensWithoutKeys(settings),
    keptForS: settings.ROOM_TTL,
  });
  return { access, keySessions };
}
