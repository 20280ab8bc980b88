import type { Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { Settings } from '../config/settings.ts';
import { CACHE_TTL_MS, RedisCacheEntries } from '../translation/cache/cache-entries.ts';
import type { OutsideEngines } from './outside-engines.ts';
import { registerOutsideMetrics } from './outside-metrics.ts';

interface Surroundings {
  readonly settings: Pick<Settings, 'TRANSLATION_CACHE'>;
  readonly redis: Redis;
  readonly registry: Registry;
}

/** Joins engines outside with what has been started beside them; nothing to do where there are none. */
export function useOutside(
  outside: OutsideEngines | undefined,
  { settings, redis, registry }: Surroundings,
): void {
  if (outside === undefined) return;
  registerOutsideMetrics(registry, outside);
  const maxEntries = settings.TRANSLATION_CACHE;
  if (maxEntries === 0) return;
  outside.cache.attach(new RedisCacheEntries(redis, { ttlMs: CACHE_TTL_MS, maxEntries }));
}
