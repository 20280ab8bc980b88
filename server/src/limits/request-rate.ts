import type { Redis } from 'ioredis';
import { DEFAULT_KEY_PREFIX } from '../store/redis/keys.ts';
import { evaluate, RedisScript } from '../store/redis/script.ts';

/** The window that slides: of any minute, whenever it begins. */
export const WINDOW_MS = 60_000;
/** Redis that does not answer in so long does not decide: a request is not kept waiting for it. */
export const ANSWER_LIMIT_MS = 250;

/**
 * An exact sliding log: a list with the time of each request that was let in, the newest first. It
 * never holds more than the limit, since who is refused is not noted, and goes a window after the
 * last one. As numbers in a list they take 9 bytes each. A clock that steps back does not make
 * earlier entries of later requests, so the list stays in order.
 */
const TAKE = `
local args = cjson.decode(ARGV[1])
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000) + args.shiftMs
now = math.max(now, tonumber(redis.call('LINDEX', KEYS[1], 0) or 0))
local oldest = redis.call('LINDEX', KEYS[1], -1)
while oldest and tonumber(oldest) <= now - args.windowMs do
  redis.call('RPOP', KEYS[1])
  oldest = redis.call('LINDEX', KEYS[1], -1)
end
local used = redis.call('LLEN', KEYS[1])
local allowed = used < args.limit
if allowed then
  redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], args.windowMs)
  used = used + 1
end
-- The request whose leaving makes room for the next; of a limit that was lowered, not the oldest.
local gate = redis.call('LINDEX', KEYS[1], math.min(used, args.limit) - 1)
local reset = (tonumber(gate or now) or now) + args.windowMs - now
return { allowed and 1 or 0, math.max(0, args.limit - used), reset }
`;
const TAKE_SCRIPT = new RedisScript(TAKE);

export interface Allowance {
  readonly allowed: boolean;
  /** Requests that may follow at once. */
  readonly remaining: number;
  /** Until one more may follow than now. */
  readonly resetMs: number;
}

export interface RequestRateOptions {
  readonly redis: Redis;
  readonly keyPrefix?: string;
  /** Added to Redis's clock; a test moves time with it. */
  readonly clockShiftMs?: () => number;
}

/** Counts requests in the whole cluster, exactly, in one round trip to Redis. */
export class RequestRate {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #clockShiftMs: () => number;

  constructor({ redis, keyPrefix = DEFAULT_KEY_PREFIX, clockShiftMs }: RequestRateOptions) {
    this.#redis = redis;
    this.#prefix = keyPrefix;
    this.#clockShiftMs = clockShiftMs ?? (() => 0);
  }

  /**
   * Lets one request of `subject` in if fewer than `limit` were within the last minute. Never
   * rejects: null while Redis does not tell.
   */
  async take(subject: string, limit: number): Promise<Allowance | null> {
    if (this.#redis.status !== 'ready') return null;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), ANSWER_LIMIT_MS);
    });
    // Whatever it was, it keeps nobody out; connections report by themselves.
    const answer = this.#ask(subject, limit).catch(() => null);
    try {
      return await Promise.race([answer, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask(subject: string, limit: number): Promise<Allowance> {
    const shiftMs = Math.round(this.#clockShiftMs());
    const [allowed, remaining, resetMs] = await evaluate(
      this.#redis,
      TAKE_SCRIPT,
      [`${this.#prefix}rate:${subject}`],
      { limit, windowMs: WINDOW_MS, shiftMs },
    );
    return {
      allowed: allowed === 1,
      remaining: Number(remaining),
      resetMs: Math.max(0, Number(resetMs)),
    };
  }
}
