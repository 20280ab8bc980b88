import type { Redis } from 'ioredis';
import {
  type NodeReport,
  nodeReportSchema,
  type SilentNode,
} from '../../../shared/http-answers.ts';
import { redisFailure } from '../store/redis/connections.ts';
import { DEFAULT_KEY_PREFIX } from '../store/redis/keys.ts';

/** A node says so often how it fares. */
export const REPORT_INTERVAL_MS = 2_000;
/** One that has missed two reports is silent: it hangs, or is gone. */
export const SILENT_AFTER_MS = 3 * REPORT_INTERVAL_MS;
/** Silent nodes are told of for so long, then forgotten. */
export const FORGOTTEN_AFTER_MS = 600_000;
/** Nodes that are told of at most, the newest reports first (INV4). */
export const MAX_NODES = 200;

/** Ages are counted on Redis's clock, so that those of the nodes need not agree. */
const PUBLISH = `
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ms - ARGV[3])) do
  redis.call('HDEL', KEYS[1], gone)
  redis.call('ZREM', KEYS[2], gone)
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ms, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return 1`;

const READ = `
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local out = {}
local seen = redis.call('ZREVRANGE', KEYS[2], 0, ARGV[1] - 1, 'WITHSCORES')
for place = 1, #seen, 2 do
  out[#out + 1] = seen[place]
  out[#out + 1] = math.max(0, ms - seen[place + 1])
  out[#out + 1] = redis.call('HGET', KEYS[1], seen[place]) or ''
end
return out`;

export interface BoardLook {
  readonly nodes: readonly NodeReport[];
  readonly silent: readonly SilentNode[];
}

/**
 * Where the nodes of a cluster tell how they fare, in Redis: `nodes` is a hash of reports as JSON,
 * `nodes-seen` a sorted set by when they came. A node that hangs stops writing, and is told of as
 * silent; nobody has to wait for it.
 */
export class NodeBoard {
  readonly #redis: Redis;
  readonly #keys: readonly [string, string];

  constructor(redis: Redis, keyPrefix = DEFAULT_KEY_PREFIX) {
    this.#redis = redis;
    this.#keys = [`${keyPrefix}nodes`, `${keyPrefix}nodes-seen`];
  }

  /** Rejects with `store_unavailable`. */
  async publish(report: NodeReport): Promise<void> {
    await this.#eval(PUBLISH, [report.node, JSON.stringify(report), FORGOTTEN_AFTER_MS]);
  }

  /** Everybody who was heard of lately. Rejects with `store_unavailable`. */
  async read(): Promise<BoardLook> {
    const reply = await this.#eval(READ, [MAX_NODES]);
    const flat = Array.isArray(reply) ? reply : [];
    const nodes: NodeReport[] = [];
    const silent: SilentNode[] = [];
    for (let at = 0; at + 2 < flat.length; at += 3) {
      const node = String(flat[at]);
      const ageMs = Number(flat[at + 1]);
      const report = parse(String(flat[at + 2]));
      const seconds = ageMs / 1000;
      if (report === null) silent.push({ node, name: 'unknown', seconds, reason: 'unreadable' });
      else if (ageMs > SILENT_AFTER_MS) {
        silent.push({ node, name: report.name, seconds, reason: 'silent' });
      } else nodes.push({ ...report, age_seconds: seconds });
    }
    return { nodes, silent };
  }

  /** A node that leaves is not silent. */
  async remove(node: string): Promise<void> {
    const [reports, seen] = this.#keys;
    try {
      await this.#redis.multi().hdel(reports, node).zrem(seen, node).exec();
    } catch (error) {
      throw redisFailure(error);
    }
  }

  async #eval(script: string, args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await this.#redis.eval(script, this.#keys.length, ...this.#keys, ...args);
    } catch (error) {
      throw redisFailure(error);
    }
  }
}

/** Null for what another version wrote, or nobody. */
function parse(text: string): NodeReport | null {
  try {
    return nodeReportSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
