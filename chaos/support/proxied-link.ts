import type { Socket } from 'node:net';

/** Where a node listens. */
export interface Upstream {
  readonly host: string;
  readonly port: number;
}

/** One client's connection through a proxy, both halves of it. */
export class ProxiedLink {
  readonly upstream: Upstream;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #over: () => void;
  readonly #swallowed = new Set<'toServer' | 'toClient'>();
  #phase: 'flowing' | 'stalled' | 'abandoned' = 'stalled';

  /** Nothing flows before {@link resume}. */
  constructor(client: Socket, server: Socket, upstream: Upstream, over: () => void) {
    this.#client = client;
    this.#server = server;
    this.upstream = upstream;
    this.#over = over;
    this.#carry(client, server, 'toServer');
    this.#carry(server, client, 'toClient');
    this.stall();
  }

  /** Whether a client still holds its end. */
  get hasClient(): boolean {
    return !this.#client.destroyed;
  }

  /** Resets both halves. */
  cut(): void {
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
  }

  /** Resets the client's half; the server's stays open and silent. */
  abandon(): void {
    this.#phase = 'abandoned';
    this.#client.resetAndDestroy();
    this.#server.resume();
  }

  stall(): void {
    if (this.#phase === 'abandoned') return;
    this.#phase = 'stalled';
    this.#client.pause();
    this.#server.pause();
  }

  resume(): void {
    if (this.#phase === 'abandoned') return;
    this.#phase = 'flowing';
    this.#client.resume();
    this.#server.resume();
  }

  swallow(direction: 'toServer' | 'toClient'): void {
    this.#swallowed.add(direction);
  }

  destroy(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  #carry(from: Socket, to: Socket, direction: 'toServer' | 'toClient'): void {
    const carries = (): boolean => !this.#swallowed.has(direction) && !to.destroyed;
    from.on('data', (bytes) => {
      if (carries() && !to.write(bytes)) from.pause();
    });
    to.on('drain', () => {
      if (this.#phase !== 'stalled') from.resume();
    });
    from.once('end', () => {
      if (carries()) to.end();
    });
    from.on('error', () => from.destroy());
    from.once('close', (failed) => {
      if (carries() && this.#phase !== 'abandoned') {
        if (failed) to.resetAndDestroy();
        else to.destroySoon();
      }
      if (this.#client.destroyed && this.#server.destroyed) this.#over();
    });
  }
}
