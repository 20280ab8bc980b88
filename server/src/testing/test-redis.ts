import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { type PrivateRedis, startPrivateRedis } from '../store/private-redis.ts';
import { closeConnection, connectionReady, openConnection } from '../store/redis/connections.ts';

/** A redis-server of a test file's own, with a connection to it. */
export interface TestRedis {
  readonly server: PrivateRedis;
  readonly redis: Redis;
  /** One more connection, as of another node. */
  connect(): Promise<Redis>;
  /** A connection to a place where nobody listens. */
  connectNowhere(): Redis;
  /** Ends all connections and the server, and leaves no file. */
  close(): Promise<void>;
}

export async function startTestRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-redis-'));
  const server = await startPrivateRedis({ dataFolder: folder });
  const connections: Redis[] = [];
  const connect = async (): Promise<Redis> => {
    const connection = openConnection(server.options, 'commands');
    connections.push(connection);
    await connectionReady(connection);
    return connection;
  };
  return {
    server,
    redis: await connect(),
    connect,
    connectNowhere: () => {
      const away = openConnection({ path: join(folder, 'nobody.sock') }, 'commands');
      connections.push(away);
      return away;
    },
    close: async () => {
      await Promise.all(connections.map(closeConnection));
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
