import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { ProxiedLink, type Upstream } from './proxied-link.ts';

/** Longest wait for an upstream to accept, as in nginx.conf. */
const CONNECT_LIMIT_MS = 2_000;

/**
 * A balancer of TCP connections that breaks them on demand, as networks do. New connections go to
 * the upstreams in turn; one that does not accept is passed over, as nginx does.
 */
export class TcpProxy {
  readonly #server: Server;
  readonly #upstreams: readonly Upstream[];
  readonly #links = new Set<ProxiedLink>();
  readonly #arriving = new Set<Socket>();
  #turn = 0;
  #carried = 0;
  #stalled = false;

  private constructor(upstreams: readonly Upstream[]) {
    this.#upstreams = upstreams;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) =>
      this.#accept(client),
    );
  }

  static async listen(upstreams: readonly Upstream[]): Promise<TcpProxy> {
    const proxy = new TcpProxy(upstreams);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections that reached an upstream so far. */
  get carried(): number {
    return this.#carried;
  }

  /** Where the connections of clients lead at the moment. */
  get leadsTo(): readonly Upstream[] {
    return [...this.#links].filter((link) => link.hasClient).map(({ upstream }) => upstream);
  }

  /** Sends the next new connection there; later ones go on in turn. */
  prefer(upstream: Upstream): void {
    this.#turn = this.#upstreams.findIndex(({ port }) => port === upstream.port);
  }

  /** Resets every connection, for both sides to see. */
  cut(): void {
    for (const link of this.#links) link.cut();
  }

  /** Resets the clients' side alone: servers see nothing, as when a phone leaves its network. */
  abandon(): void {
    for (const link of this.#links) link.abandon();
  }

  /** Nothing moves either way, not on new connections either, until {@link resume}. */
  stall(): void {
    this.#stalled = true;
    for (const link of this.#links) link.stall();
  }

  resume(): void {
    this.#stalled = false;
    for (const link of this.#links) link.resume();
  }

  /** What the present connections carry one way vanishes from now on, without a word. */
  swallow(direction: 'toServer' | 'toClient'): void {
    for (const link of this.#links) link.swallow(direction);
  }

  /** Idempotent; leaves no connection behind. */
  async close(): Promise<void> {
    for (const link of [...this.#links]) link.destroy();
    for (const socket of this.#arriving) socket.destroy();
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(client: Socket): void {
    this.#arriving.add(client);
    client.on('error', () => client.destroy());
    client.once('close', () => this.#arriving.delete(client));
    client.pause();
    this.#reach(client, this.#upstreams.length);
  }

  /** Tries one upstream after the other, `left` of them. */
  #reach(client: Socket, left: number): void {
    const upstream = this.#upstreams[this.#turn % this.#upstreams.length];
    this.#turn += 1;
    if (upstream === undefined || left === 0 || client.destroyed) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...upstream, allowHalfOpen: true, noDelay: true });
    const limit = setTimeout(() => server.destroy(new Error('timeout')), CONNECT_LIMIT_MS);
    const failed = (): void => {
      clearTimeout(limit);
      this.#reach(client, left - 1);
    };
    server.once('error', failed);
    server.once('connect', () => {
      clearTimeout(limit);
      server.off('error', failed);
      this.#arriving.delete(client);
      const link = new ProxiedLink(client, server, upstream, () => this.#links.delete(link));
      this.#links.add(link);
      this.#carried += 1;
      if (this.#stalled) link.stall();
      else link.resume();
    });
  }
}
