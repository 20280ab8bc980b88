import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket as TcpSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { io, Manager, type Socket } from 'socket.io-client';
import { isWireError } from '../../../client/src/live/wire-error.ts';
import type { WireError } from '../../../shared/errors.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '../../../shared/protocol.ts';

/** Says packets of Socket.IO as they are, for example `0/watch,{}`. */
export interface Talker {
  readonly heard: readonly string[];
  /** Resolves with the reason once the connection is closed. */
  readonly over: Promise<string>;
  say(packet: string): void;
}

/** What a client does that wishes the server ill. Whatever it opens is closed by {@link HostileClients.leave}. */
export class HostileClients {
  readonly #url: URL;
  readonly #open: (() => void)[] = [];

  constructor(url: string) {
    this.#url = new URL(url);
  }

  leave(): void {
    for (const close of this.#open.splice(0)) close();
  }

  /** A bare connection that says `text` and then nothing. */
  async connection(text: string | Buffer): Promise<TcpSocket> {
    const socket = connect(Number(this.#url.port), this.#url.hostname);
    this.#open.push(() => socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  }

  /** A WebSocket handshake from an address, as a proxy tells it, and what came of it. */
  async handshake(
    address: string,
    headers: Record<string, string> = {},
  ): Promise<{ socket: Duplex } | { status: number; retryAfter: string | null; error: WireError }> {
    const request = httpRequest(new URL(`${SOCKET_PATH}/?EIO=4&transport=websocket`, this.#url), {
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
        'X-Forwarded-For': address,
        ...headers,
      },
    });
    this.#open.push(() => request.destroy());
    request.on('error', () => {});
    const answered = new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
    const upgraded = new Promise<Duplex>((resolve) => {
      request.once('upgrade', (_response, socket: Duplex) => resolve(socket));
    });
    request.end();
    const outcome = await Promise.race([answered, upgraded]);
    if (!('statusCode' in outcome)) {
      this.#open.push(() => outcome.destroy());
      outcome.on('error', () => {});
      return { socket: outcome as Duplex };
    }
    const response = outcome as IncomingMessage;
    const body = JSON.parse((await response.toArray()).join('')) as { error?: unknown };
    if (!isWireError(body.error)) throw new Error('Expected an error by name, got another answer.');
    return {
      status: response.statusCode ?? 0,
      retryAfter: response.headers['retry-after'] ?? null,
      error: body.error,
    };
  }

  /** An open Engine.IO connection from an address, which says what it likes and keeps what it hears. */
  async talker(address: string): Promise<Talker> {
    const manager = new Manager(this.#url.origin, {
      path: SOCKET_PATH,
      transports: ['websocket'],
      reconnection: false,
      extraHeaders: { 'X-Forwarded-For': address },
    });
    this.#open.push(() => manager.engine.close());
    await new Promise<void>((resolve, reject) => {
      manager.once('open', resolve);
      manager.once('error', reject);
    });
    const { engine } = manager;
    const heard: string[] = [];
    engine.on('data', (data) => heard.push(String(data)));
    const over = new Promise<string>((resolve) => engine.once('close', resolve));
    return { heard, over, say: (packet) => void engine.write(packet) };
  }

  /** A client of the protocol from an address; connected, or refused with an error. */
  async client(namespace: string, token: string | undefined, address: string): Promise<Socket> {
    const socket = io(this.#url.origin + namespace, {
      path: SOCKET_PATH,
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { protocol: PROTOCOL_VERSION, ...(token === undefined ? {} : { token }) },
      extraHeaders: { 'X-Forwarded-For': address },
    });
    this.#open.push(() => socket.disconnect());
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', (error: Error & { data?: unknown }) =>
        reject(error.data ?? error),
      );
    });
    return socket;
  }
}

/** Resolves once the other side has closed it. */
export async function closed(socket: TcpSocket | Duplex): Promise<void> {
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
}

/** Resolves with the reason once a client is no longer connected. */
export function disconnected(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    if (socket.connected) socket.once('disconnect', resolve);
    else resolve('already');
  });
}
