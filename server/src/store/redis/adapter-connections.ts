import type { Redis } from 'ioredis';
import {
  type ConnectionReport,
  closeConnection,
  connectionReady,
  openConnection,
  type RedisTarget,
} from './connections.ts';

/** Messages on their way to Redis; beyond, new ones are dropped, so that none arrives in a burst. */
export const MAX_UNANSWERED_PUBLISHES = 256;

/** What @socket.io/redis-adapter is made with. Close it after the Socket.IO server. */
export interface AdapterConnections {
  readonly publisher: AdapterPublisher;
  readonly subscriber: AdapterSubscriber;
  close(): Promise<void>;
}

/**
 * Connections for the adapter, both ready. Partials and control travel here and may be lost, so
 * nothing is kept while Redis is away: the publisher drops, the subscriber subscribes again.
 */
export async function createAdapterConnections(
  target: RedisTarget,
  report?: ConnectionReport,
): Promise<AdapterConnections> {
  const publishing = openConnection(target, 'publisher', report);
  const subscribing = openConnection(target, 'subscriber', report);
  const close = async (): Promise<void> => {
    await Promise.all([closeConnection(publishing), closeConnection(subscribing)]);
  };
  try {
    await Promise.all([connectionReady(publishing), connectionReady(subscribing)]);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    publisher: new AdapterPublisher(publishing),
    subscriber: new AdapterSubscriber(subscribing),
    close,
  };
}

type Listener = (...values: never[]) => void;

/** The part of a Redis client that the adapter publishes with; it awaits no answer and no error. */
export class AdapterPublisher {
  readonly #redis: Redis;
  #unanswered = 0;
  #dropped = 0;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Messages that were not sent, or whose fate is unknown, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Never rejects; resolves with the number of receivers, 0 for a message that was dropped. */
  async publish(channel: string, message: string | Buffer): Promise<number> {
    if (this.#redis.status !== 'ready' || this.#unanswered >= MAX_UNANSWERED_PUBLISHES) {
      this.#dropped += 1;
      return 0;
    }
    this.#unanswered += 1;
    try {
      return await this.#redis.publish(channel, message);
    } catch {
      // Redis went away meanwhile; what the adapter carries may be lost.
      this.#dropped += 1;
      return 0;
    } finally {
      this.#unanswered -= 1;
    }
  }

  /** The name is the adapter's: it counts the servers with PUBSUB NUMSUB this way. */
  send_command(
    command: string,
    args: readonly string[],
    done: (error: unknown, reply?: unknown) => void,
  ): void {
    this.#redis.call(command, ...args).then((reply) => done(null, reply), done);
  }

  on(event: string, listener: Listener): this {
    this.#redis.on(event, listener as (...values: unknown[]) => void);
    return this;
  }

  off(event: string, listener: Listener): this {
    this.#redis.off(event, listener as (...values: unknown[]) => void);
    return this;
  }
}

/** The part of a Redis client that the adapter listens with; subscriptions outlast an outage. */
export class AdapterSubscriber {
  readonly #redis: Redis;
  readonly #channels = new Set<string>();
  readonly #patterns = new Set<string>();

  constructor(redis: Redis) {
    this.#redis = redis;
    redis.on('ready', () => {
      if (this.#channels.size > 0) this.#send('subscribe', [...this.#channels]);
      if (this.#patterns.size > 0) this.#send('psubscribe', [...this.#patterns]);
    });
  }

  subscribe(channels: string | readonly string[]): void {
    const added = [channels].flat();
    for (const channel of added) this.#channels.add(channel);
    this.#send('subscribe', added);
  }

  psubscribe(pattern: string): void {
    this.#patterns.add(pattern);
    this.#send('psubscribe', [pattern]);
  }

  unsubscribe(channels: string | readonly string[]): void {
    const gone = [channels].flat();
    for (const channel of gone) this.#channels.delete(channel);
    this.#send('unsubscribe', gone);
  }

  punsubscribe(pattern: string): void {
    this.#patterns.delete(pattern);
    this.#send('punsubscribe', [pattern]);
  }

  on(event: string, listener: Listener): this {
    this.#redis.on(event, listener as (...values: unknown[]) => void);
    return this;
  }

  off(event: string, listener: Listener): this {
    this.#redis.off(event, listener as (...values: unknown[]) => void);
    return this;
  }

  /** What fails for want of a connection is sent again once there is one. */
  #send(
    command: 'subscribe' | 'unsubscribe' | 'psubscribe' | 'punsubscribe',
    names: string[],
  ): void {
    if (this.#redis.status !== 'ready') return;
    this.#redis[command](...names).catch(() => undefined);
  }
}
