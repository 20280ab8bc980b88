import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  privateRedisConfig,
  spawnRedis,
  stopChild,
} from '../../server/src/store/private-redis-process.ts';
import {
  closeConnection,
  connectionReady,
  openConnection,
} from '../../server/src/store/redis/connections.ts';

/** A redis-server with every acknowledged write on disk, which may die and come back. */
export class RedisServer {
  readonly #folder: string;
  #child: ChildProcess | null = null;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await mkdtemp(join(tmpdir(), 'parlance-redis-')));
    try {
      await server.start();
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  /** As REDIS_URL. */
  get url(): string {
    return `unix://${this.#socket}`;
  }

  /** Starts it (again) on the same files; resolves when it answers. */
  async start(): Promise<void> {
    const config = privateRedisConfig(this.#folder, { path: this.#socket });
    this.#child = (await spawnRedis('redis-server', config)).child;
    const connection = openConnection(this.url, 'commands');
    try {
      await connectionReady(connection);
    } finally {
      await closeConnection(connection);
    }
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** SIGSTOP: it keeps its connections and says nothing. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  unpause(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it and deletes its files. Idempotent. */
  async close(): Promise<void> {
    this.unpause();
    if (this.#child !== null) await stopChild(this.#child);
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #socket(): string {
    return join(this.#folder, 'redis.sock');
  }
}
