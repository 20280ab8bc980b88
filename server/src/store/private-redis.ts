import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { AppendFileCompaction } from './append-file-compaction.ts';
import { folderHolder, lockDataFolder } from './data-folder-lock.ts';
import { privateRedisConfig, stopOrphan } from './private-redis-process.ts';
import type { RedisAddress } from './redis/connections.ts';
import { type PrivateRedisReport, SupervisedRedis } from './supervised-redis.ts';

/** Longest path of a Unix socket: sun_path has 108 bytes, the last of them 0. */
export const MAX_SOCKET_PATH_BYTES = 107;
const SOCKET_FILE = 'redis.sock';
const LOOPBACK = '127.0.0.1';
const PASSWORD_BYTES = 24;
/** Where the folder's path is too long for a socket: port and password, for this user's programs. */
const ADDRESS_FILE = 'redis-address.json';
const PRIVATE_FILE = 0o600;

export interface PrivateRedisOptions {
  /** Holds its files, lock and socket; made readable for this user alone. */
  readonly dataFolder: string;
  readonly binary?: string;
  readonly report?: PrivateRedisReport;
}

export interface PrivateRedis {
  /** How to connect to it; stays the same when it is started again. */
  readonly options: RedisAddress;
  /** Null while it is down. */
  readonly pid: number | null;
  /** Writes its file anew in the background, so that what was deleted leaves the disk too. */
  compact(): void;
  /** Stops it and gives the folder up. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a redis-server of our own that has every acknowledged write on disk, and keeps it running.
 * Rejects with `program_missing`, with `invalid_setting` for a folder that another server uses, or
 * with `store_unavailable` and what it said where it does not come up.
 */
export async function startPrivateRedis({
  dataFolder,
  binary = 'redis-server',
  report = () => undefined,
}: PrivateRedisOptions): Promise<PrivateRedis> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  await chmod(dataFolder, 0o700);
  const folder = await realpath(dataFolder);
  const unlock = await lockDataFolder(folder);
  try {
    if (await stopOrphan(folder)) {
      report({ event: 'orphan_replaced', reason: 'left by a server that was killed' });
    }
    const address = await chooseAddress(folder);
    await tellAddress(folder, address);
    const config = privateRedisConfig(folder, address);
    const server = new SupervisedRedis(binary, config, address, report);
    await server.start();
    const compaction = new AppendFileCompaction(address);
    let closing: Promise<void> | null = null;
    return {
      options: address,
      get pid() {
        return server.pid;
      },
      compact: () => compaction.request(),
      close() {
        closing ??= compaction.close().then(() => server.close().finally(unlock));
        return closing;
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** The private server of a folder, run by another process. */
export interface FoundRedis {
  readonly options: RedisAddress;
  /** Who runs it. */
  readonly pid: number;
}

/**
 * How to reach the private server that another process runs in this folder; null where none does.
 * It may be starting just now.
 */
export async function findPrivateRedis(dataFolder: string): Promise<FoundRedis | null> {
  const folder = await realpath(dataFolder).catch(() => null);
  if (folder === null) return null;
  const pid = await folderHolder(folder);
  if (pid === null) return null;
  const told = await readFile(join(folder, ADDRESS_FILE), 'utf8').catch(() => null);
  const options =
    told === null ? { path: join(folder, SOCKET_FILE) } : addressSchema.parse(JSON.parse(told));
  return { options, pid };
}

const addressSchema = z.object({
  host: z.string(),
  port: z.number().int(),
  password: z.string(),
});

/** A socket needs no telling: it lies in the folder. */
async function tellAddress(folder: string, address: RedisAddress): Promise<void> {
  const path = join(folder, ADDRESS_FILE);
  await rm(path, { force: true });
  if (address.path === undefined) {
    await writeFile(path, JSON.stringify(address), { mode: PRIVATE_FILE });
  }
}

/** A socket in the folder, which only this user may enter; too long a path needs a port. */
async function chooseAddress(folder: string): Promise<RedisAddress> {
  const path = join(folder, SOCKET_FILE);
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return { path };
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  return { host: LOOPBACK, port: await freePort(), password };
}

/** A port of the loopback interface that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, LOOPBACK);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string')
    throw new Error('Expected a port, got none.');
  return address.port;
}
