import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { AppError } from '../../../../shared/errors.ts';
import { isRefusal, refused } from '../store-checks.ts';
import { ENTRIES_PER_FINAL, type StoreLimits } from '../store-limits.ts';
import { roomKeys } from './keys.ts';

/** A room's time to live is put off at most this often, or ten times in its course. */
const ROOM_TTL_STEP_MS = 60_000;
/** Entries trimmed and claims freed by one script at most, so that none stalls Redis. */
const MAX_SWEPT_ITEMS = 500;

/** One Lua script; its digest is what Redis knows it by. */
export class RedisScript {
  readonly source: string;
  readonly sha: string;

  constructor(source: string) {
    this.source = source;
    this.sha = createHash('sha1').update(source).digest('hex');
  }
}

export interface ScriptContext {
  readonly redis: Redis;
  readonly keyPrefix: string;
  readonly nodeId: string;
  readonly limits: StoreLimits;
  /** Added to Redis's clock; a test moves time with it. */
  readonly clockShiftMs: () => number;
  /** Makes what ioredis throws an error of ours. */
  readonly translate: (error: unknown) => AppError;
}

/** Runs scripts of one node and translates what they answer. */
export class ScriptRunner {
  readonly #context: ScriptContext;

  constructor(context: ScriptContext) {
    this.#context = context;
  }

  /** Runs a script on a room's keys, and on one session's where it is given. */
  runInRoom(
    script: RedisScript,
    room: string,
    args: object,
    session?: string,
  ): Promise<readonly unknown[]> {
    const { keyPrefix, nodeId, limits } = this.#context;
    const keys = roomKeys(keyPrefix, room);
    return this.run(
      script,
      session === undefined ? keys.all : [...keys.all, keys.session(session)],
      {
        node: nodeId,
        leaseMs: limits.leaseMs,
        claimMs: limits.claimMs,
        maxClaimMs: limits.maxClaimMs,
        wantMs: limits.wantMs,
        roomTtlMs: limits.roomTtlMs,
        roomTtlStepMs: Math.min(ROOM_TTL_STEP_MS, Math.ceil(limits.roomTtlMs / 10)),
        maxFinals: limits.maxFinalsPerRoom,
        maxEntries: limits.maxFinalsPerRoom * ENTRIES_PER_FINAL,
        maxSwept: MAX_SWEPT_ITEMS,
        maxBackfill: limits.maxBackfillFinals,
        maxSessions: limits.maxSessionsPerRoom,
        maxLanguages: limits.maxLanguagesPerRoom,
        ...(session === undefined ? {} : { session }),
        ...args,
      },
    );
  }

  /**
   * Runs a script and returns what follows 'ok'; a refusal becomes the error of that name. The
   * script itself is sent only where Redis does not have it, as after a restart.
   */
  async run(
    script: RedisScript,
    keys: readonly string[],
    args: object,
  ): Promise<readonly unknown[]> {
    const { redis, clockShiftMs, translate } = this.#context;
    const argument = { ...args, shiftMs: Math.round(clockShiftMs()) };
    const [outcome, ...values] = await evaluate(redis, script, keys, argument).catch(
      (error: unknown) => {
        throw translate(error);
      },
    );
    if (isRefusal(outcome)) throw refused(outcome, values[0]);
    return values;
  }
}

/** Runs a script with one JSON argument; rejects with what ioredis throws. */
export async function evaluate(
  redis: Redis,
  { source, sha }: RedisScript,
  keys: readonly string[],
  args: object,
): Promise<readonly unknown[]> {
  const parameters = [...keys, JSON.stringify(args)];
  const reply: unknown = await redis
    .evalsha(sha, keys.length, ...parameters)
    .catch((error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.eval(source, keys.length, ...parameters);
    });
  return Array.isArray(reply) ? reply : [];
}
