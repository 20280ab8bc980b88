import type { Redis } from 'ioredis';
import { AppError } from '../../../../shared/errors.ts';
import {
  closeConnection,
  connectionReady,
  openConnection,
  type RedisTarget,
} from './connections.ts';

const UNKNOWN =
  'Redis does not tell how it keeps data (CONFIG is forbidden): whether an acknowledged word ' +
  'survives a crash of Redis is up to who runs it.';

const REPLICATED =
  'Redis has replicas, which learn of a write after it was acknowledged: a failover may lose the ' +
  'last acknowledged words.';

/**
 * Which of our promises a Redis that we did not start makes weaker, in words for the log. Rejects
 * with `invalid_setting` for one that cannot serve at all.
 */
export async function checkRedisPromises(target: RedisTarget): Promise<readonly string[]> {
  const redis = openConnection(target, 'commands');
  try {
    await connectionReady(redis);
    if (/^cluster_enabled:1/m.test(await redis.info('cluster'))) {
      throw new AppError(
        'invalid_setting',
        'Expected REDIS_URL to name a single Redis, got a node of a Redis Cluster.',
      );
    }
    const settings = await readSettings(redis);
    const replicated = /^connected_slaves:[1-9]/m.test(await redis.info('replication'));
    return [
      ...(settings === null ? [UNKNOWN] : weaknesses(settings)),
      ...(replicated ? [REPLICATED] : []),
    ];
  } finally {
    await closeConnection(redis);
  }
}

/** Null where the server does not let us read its configuration. */
async function readSettings(redis: Redis): Promise<Map<string, string> | null> {
  const settings = new Map<string, string>();
  try {
    for (const name of ['appendonly', 'appendfsync', 'maxmemory', 'maxmemory-policy']) {
      const [, value] = await redis.config('GET', name);
      if (typeof value === 'string') settings.set(name, value);
    }
  } catch {
    // Managed servers forbid CONFIG; that is told rather than failed upon.
    return null;
  }
  return settings.size === 0 ? null : settings;
}

function weaknesses(settings: ReadonlyMap<string, string>): string[] {
  const warnings: string[] = [];
  const fsync = settings.get('appendfsync');
  if (settings.get('appendonly') === 'no') {
    warnings.push(
      'Redis keeps no append-only file (appendonly no): when it stops, acknowledged words are lost.',
    );
  } else if (fsync !== 'always') {
    const lost = fsync === 'everysec' ? 'the last second' : 'some last seconds';
    warnings.push(
      `Redis does not sync every write (appendfsync ${fsync}): when its machine stops, ${lost} of ` +
        'acknowledged words may be lost.',
    );
  }
  const policy = settings.get('maxmemory-policy');
  if (policy !== 'noeviction' && settings.get('maxmemory') !== '0') {
    warnings.push(
      `Redis deletes data when its memory is full (maxmemory-policy ${policy}): rooms may vanish.`,
    );
  }
  return warnings;
}
