import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { checkReachOf } from '../access/create-access.ts';
import { CleanUps } from '../clean-ups.ts';
import { nodeEnvironment } from '../config/node-environment.ts';
import type { Settings } from '../config/settings.ts';
import { lockDataFolder } from '../store/data-folder-lock.ts';
import { freePort, startPrivateRedis } from '../store/private-redis.ts';
import { checkRedisPromises } from '../store/redis/check-promises.ts';
import type { RedisAddress } from '../store/redis/connections.ts';
import { answers, Balancer } from './balancer.ts';
import { type ProcessReport, SupervisedProcess } from './supervised-process.ts';

const LOOPBACK = '127.0.0.1';
/** What a node may take beyond its own limit before it is killed. */
const NODE_GRACE_MS = 10_000;

export interface ClusterOptions {
  readonly settings: Settings;
  readonly nodes: number;
  /** Arguments to Node that run the command line: `parlance` without its command. */
  readonly program: readonly string[];
  /** The project's nginx.conf. */
  readonly nginxConf: string;
  readonly report: ProcessReport;
  readonly log: Logger;
}

export interface Cluster {
  /** Where the balancer listens. */
  readonly url: string;
  readonly nodes: readonly ClusterMember[];
  readonly balancer: Pick<Balancer, 'pid' | 'reload'>;
  readonly redisUrl: string;
  readonly warnings: readonly string[];
  /**
   * Restarts node after node, each only when the one before serves again; at most one round at a time.
   * Rejects, and leaves the rest as they are, where one does not come back.
   */
  rollingRestart(): Promise<void>;
  /** Drains all nodes at once and ends everything. Idempotent. */
  close(): Promise<void>;
}

export interface ClusterMember {
  readonly name: string;
  readonly url: string;
  /** Null while its process is away. */
  readonly pid: number | null;
}

/** The folder of everything that a cluster on this machine keeps beside Redis. */
export function clusterFolder({ DATA_DIR }: Settings): string {
  return join(DATA_DIR, 'cluster');
}

/** Starts Redis, nodes and nginx; whatever was started is undone when a later part fails. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const cleanUps = new CleanUps();
  try {
    return await start(options, cleanUps);
  } catch (error) {
    await cleanUps.run();
    throw error;
  }
}

async function start(options: ClusterOptions, cleanUps: CleanUps): Promise<Cluster> {
  const { settings } = options;
  const folder = clusterFolder(settings);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  cleanUps.add(await lockDataFolder(folder));
  const { redisUrl, warnings } = await findRedis(options, cleanUps);
  await checkReachOf(settings, redisUrl);
  const ports = await Promise.all(Array.from({ length: options.nodes }, freePort));
  const closing = new AbortController();
  let balancer: Balancer | null = null;
  let round: Promise<void> | null = null;
  const report: ProcessReport = (news) => {
    options.report(news);
    // It died and is back; a rolling restart sees to that itself.
    if (news.event === 'ready' && round === null) void balancer?.rediscover(closing.signal);
  };
  const members = ports.map((port, index) =>
    makeNode({ ...options, report }, redisUrl, `node-${index + 1}`, port),
  );
  // Undone last first: nodes drain all at once, then the balancer ends, then Redis.
  cleanUps.add(() => balancer?.close());
  cleanUps.add(async () => {
    await Promise.all(members.map(({ node }) => node.close()));
  });
  const started = await Promise.allSettled(members.map(({ node }) => node.start()));
  for (const outcome of started) if (outcome.status === 'rejected') throw outcome.reason;
  const front = await startBalancer(options, ports);
  balancer = front;
  const restartAll = async (): Promise<void> => {
    for (const { node } of members) {
      // A node that has died meanwhile comes first.
      await Promise.all(members.map((member) => member.node.whenReady()));
      if (closing.signal.aborted) return;
      await node.restart();
      await front.rediscover(closing.signal);
    }
  };
  return {
    url: front.url,
    nodes: members.map(({ node, url }) => ({
      name: node.name,
      url,
      get pid() {
        return node.pid;
      },
    })),
    balancer: front,
    redisUrl,
    warnings,
    rollingRestart() {
      round ??= restartAll().finally(() => {
        round = null;
      });
      return round;
    },
    close() {
      closing.abort();
      return cleanUps.run();
    },
  };
}

async function startBalancer(
  { settings, nginxConf, report }: ClusterOptions,
  nodePorts: readonly number[],
): Promise<Balancer> {
  const { HOST, PORT, TLS_CERT: cert, TLS_KEY: key, NGINX_BIN: binary } = settings;
  return await Balancer.start({
    folder: join(clusterFolder(settings), 'nginx'),
    template: nginxConf,
    host: HOST,
    port: PORT === 0 ? await freePort() : PORT,
    nodePorts,
    report,
    ...(binary === undefined ? {} : { binary }),
    ...(cert === undefined || key === undefined ? {} : { tls: { cert, key } }),
  });
}

function makeNode(
  { settings, nodes, program, report }: ClusterOptions,
  redisUrl: string,
  name: string,
  port: number,
) {
  const url = `http://${LOOPBACK}:${port}`;
  const dataFolder = join(clusterFolder(settings), name);
  const env = nodeEnvironment(settings, { nodes, redisUrl, dataFolder });
  const args = [...program, 'serve', '--host', LOOPBACK, '--port', `${port}`, '--json'];
  const node = new SupervisedProcess({
    name,
    // The channel tells a node when this process is gone; a session of its own keeps Ctrl-C from it.
    spawn: () =>
      spawn(process.execPath, args, {
        env,
        detached: true,
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      }),
    probe: () => answers(`${url}/ready`),
    leaveLimitMs: settings.DRAIN_TIMEOUT * 1000 + NODE_GRACE_MS,
    report,
  });
  return { node, url };
}

/** REDIS_URL, or a private redis-server with the data that `parlance serve` would use. */
async function findRedis({ settings, log }: ClusterOptions, cleanUps: CleanUps) {
  if (settings.REDIS_URL !== undefined) {
    const warnings = await checkRedisPromises(settings.REDIS_URL);
    return { redisUrl: settings.REDIS_URL, warnings };
  }
  const redis = await startPrivateRedis({
    dataFolder: join(settings.DATA_DIR, 'redis'),
    ...(settings.REDIS_SERVER_BIN === undefined ? {} : { binary: settings.REDIS_SERVER_BIN }),
    report: (event) =>
      log[event.event === 'started' ? 'debug' : 'warn'](event, 'private redis-server'),
  });
  cleanUps.add(() => redis.close());
  return { redisUrl: urlOf(redis.options), warnings: [] };
}

function urlOf({ path, host, port, password }: RedisAddress): string {
  if (path !== undefined) return `unix:${encodeURI(path)}`;
  return `redis://:${password}@${host}:${port}`;
}
