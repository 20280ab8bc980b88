import type { Redis } from 'ioredis';
import { DEFAULT_KEY_PREFIX } from '../../store/redis/keys.ts';
import { RedisScript } from '../../store/redis/script.ts';

/** Where sealed translations are kept; every node sees the same. */
export interface CacheEntries {
  read(name: string): Promise<Buffer | null>;
  write(name: string, entry: Buffer): Promise<void>;
}

export interface CacheEntryLimits {
  /** How long an entry is kept. */
  readonly ttlMs: number;
  /** Entries of all nodes together; beyond it those that would go first go at once. */
  readonly maxEntries: number;
}

export const CACHE_TTL_MS = 7_200_000;
/** Entries that one write takes away at the most, so that none stalls Redis. */
const MAX_TRIMMED = 100;
/** All keys share a hash tag, so that one script may touch them in a Redis Cluster. */
const TAG = '{translations}:';

/** KEYS: entry, order. ARGV: entry, time to live, limit, most trimmed, prefix of entries. */
const WRITE = new RedisScript(`
local now = redis.call('TIME')
local nowMs = now[1] * 1000 + math.floor(now[2] / 1000)
local ttl = tonumber(ARGV[2])
local name = string.sub(KEYS[1], #ARGV[5] + 1)
redis.call('SET', KEYS[1], ARGV[1], 'PX', ttl)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', nowMs)
redis.call('ZADD', KEYS[2], nowMs + ttl, name)
local over = math.min(redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[3]), tonumber(ARGV[4]))
if over > 0 then
  local gone = redis.call('ZPOPMIN', KEYS[2], over)
  for at = 1, #gone, 2 do redis.call('DEL', ARGV[5] .. gone[at]) end
end
redis.call('PEXPIRE', KEYS[2], ttl)
return 'ok'
`);

/** Entries in Redis. Rejects with what ioredis throws: whoever asks takes that for a miss. */
export class RedisCacheEntries implements CacheEntries {
  readonly #redis: Redis;
  readonly #limits: CacheEntryLimits;
  readonly #entries: string;
  readonly #order: string;

  constructor(redis: Redis, limits: CacheEntryLimits, keyPrefix = DEFAULT_KEY_PREFIX) {
    this.#redis = redis;
    this.#limits = limits;
    this.#entries = `${keyPrefix}${TAG}entry:`;
    this.#order = `${keyPrefix}${TAG}order`;
  }

  read(name: string): Promise<Buffer | null> {
    return this.#redis.getBuffer(this.#entries + name);
  }

  async write(name: string, entry: Buffer): Promise<void> {
    const { ttlMs, maxEntries } = this.#limits;
    const keys = [this.#entries + name, this.#order];
    const values = [entry, ttlMs, maxEntries, MAX_TRIMMED, this.#entries];
    await this.#redis
      .evalsha(WRITE.sha, keys.length, ...keys, ...values)
      .catch((error: unknown) => {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return this.#redis.eval(WRITE.source, keys.length, ...keys, ...values);
      });
  }
}
