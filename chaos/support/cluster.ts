import { CleanUps } from '../../server/src/clean-ups.ts';
import { ClusterNode } from './cluster-node.ts';
import { RedisServer } from './redis-server.ts';
import { TcpProxy } from './tcp-proxy.ts';

export interface ClusterOptions {
  readonly nodes: number;
  readonly settings?: Readonly<Record<string, string>>;
}

/** A busy machine must not turn speakers away in the midst of a scenario: that is no breakage. */
const SETTINGS = { MAX_FINAL_WAIT_MS: '60000' };

/** Several nodes on one redis-server, all of them real processes on this machine. */
export class Cluster {
  readonly redis: RedisServer;
  readonly nodes: readonly ClusterNode[];
  readonly #cleanUps: CleanUps;

  private constructor(redis: RedisServer, nodes: readonly ClusterNode[], cleanUps: CleanUps) {
    this.redis = redis;
    this.nodes = nodes;
    this.#cleanUps = cleanUps;
  }

  static async start({ nodes: count, settings = {} }: ClusterOptions): Promise<Cluster> {
    const cleanUps = new CleanUps();
    try {
      const redis = await RedisServer.start();
      cleanUps.add(() => redis.close());
      const started = await Promise.allSettled(
        Array.from({ length: count }, async (_, index) => {
          const node = await ClusterNode.start(`node ${index + 1}`, {
            REDIS_URL: redis.url,
            ...SETTINGS,
            ...settings,
          });
          cleanUps.add(() => node.close());
          return node;
        }),
      );
      const nodes = started.map((outcome) => {
        if (outcome.status === 'rejected') throw outcome.reason;
        return outcome.value;
      });
      return new Cluster(redis, nodes, cleanUps);
    } catch (error) {
      await cleanUps.run();
      throw error;
    }
  }

  /** A balancer in front of these nodes, or of all. The caller's to close. */
  async proxy(nodes: readonly ClusterNode[] = this.nodes): Promise<TcpProxy> {
    return await TcpProxy.listen(nodes.map(({ upstream }) => upstream));
  }

  /** The node that a proxy's only client is connected to; throws where there is none. */
  nodeOf(proxy: TcpProxy): ClusterNode {
    const [upstream] = proxy.leadsTo;
    const node = this.nodes.find((each) => each.upstream.port === upstream?.port);
    if (node === undefined) throw new Error('Expected a connection to a node, got none.');
    return node;
  }

  /** Ends every process and deletes all data. Idempotent. */
  async close(): Promise<void> {
    await this.#cleanUps.run();
  }
}
