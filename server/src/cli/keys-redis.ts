import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { KeyStore } from '../access/key-store.ts';
import { createRedisKeyStore } from '../access/redis-key-store.ts';
import type { Settings } from '../config/settings.ts';
import { findPrivateRedis, startPrivateRedis } from '../store/private-redis.ts';
import {
  closeConnection,
  connectionReady,
  openConnection,
  type RedisTarget,
} from '../store/redis/connections.ts';

/** Where the keys are, in words for whoever made one. */
export interface KeyPlace {
  readonly redis: string;
  /** False where no server uses them just now. */
  readonly inUse: boolean;
}

/**
 * Works with the keys that servers of these settings ask for: those in REDIS_URL, or in the private
 * Redis of DATA_DIR. That one is run by a server, or else by this process for as long as it works:
 * the lock of its folder keeps it from being run twice.
 */
export async function withKeyStore<T>(
  settings: Settings,
  work: (store: KeyStore, place: KeyPlace) => Promise<T>,
): Promise<T> {
  if (settings.REDIS_URL !== undefined) {
    const redis = new URL(settings.REDIS_URL);
    const place = { redis: `${redis.protocol}//${redis.host}${redis.pathname}`, inUse: true };
    return await connected(settings.REDIS_URL, (store) => work(store, place));
  }
  const dataFolder = join(settings.DATA_DIR, 'redis');
  const found = await findPrivateRedis(dataFolder);
  if (found !== null) {
    return await connected(found.options, (store) =>
      work(store, { redis: dataFolder, inUse: true }),
    );
  }
  const owner = await stat(dataFolder).catch(() => null);
  if (owner !== null) checkOwner(owner.uid, process.getuid?.() ?? owner.uid, dataFolder);
  const own = await startPrivateRedis({
    dataFolder,
    ...(settings.REDIS_SERVER_BIN === undefined ? {} : { binary: settings.REDIS_SERVER_BIN }),
  });
  try {
    return await connected(own.options, (store) =>
      work(store, { redis: dataFolder, inUse: false }),
    );
  } finally {
    await own.close();
  }
}

/** Files that one user writes another could not: a server would find its own Redis locked to it. */
export function checkOwner(ownerId: number, userId: number, dataFolder: string): void {
  if (ownerId === userId) return;
  throw new AppError(
    'invalid_setting',
    `Expected a server that runs with ${dataFolder}, or to be its owner (user ${ownerId}), got neither: start the server first.`,
  );
}

async function connected<T>(
  target: RedisTarget,
  work: (store: KeyStore) => Promise<T>,
): Promise<T> {
  const redis = openConnection(target, 'commands');
  try {
    await connectionReady(redis);
    return await work(createRedisKeyStore({ redis }));
  } finally {
    await closeConnection(redis);
  }
}
