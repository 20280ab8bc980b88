import type { EventEmitter } from 'node:events';
import type { Server, Socket } from 'socket.io';
import { AppError, toWireError, type WireError } from '../../../shared/errors.ts';
import { TokenBucket } from '../limits/token-bucket.ts';

/**
 * Messages that one connection may send at once, and a second in the long run. A speaker sends ten a
 * second, or fifty where each frame goes alone; who catches up after a break sends more.
 */
export const MESSAGE_BURST = 2_000;
export const MESSAGES_PER_SECOND = 500;
/** The same in bytes (or characters): speech is 6 KB a second, a glossary up to 240 KB. */
export const BYTES_BURST = 8 * 2 ** 20;
export const BYTES_PER_SECOND = 2 ** 20;

/** As much of Engine.IO's connection as is limited. */
export type LimitedConnection = Pick<EventEmitter, 'on'> & { close(): void };

export interface MessageLimitOptions {
  /** Told of each connection that is cut. */
  refused(error: AppError): void;
  /** Milliseconds on a clock that never steps back. */
  readonly now?: () => number;
}

/**
 * [INV4] Cuts connections that send more than anybody can say, from their first message on. Whoever
 * has joined a namespace is told why, by the event that this namespace has for it.
 */
export class MessageLimits {
  readonly #refused: MessageLimitOptions['refused'];
  readonly #now: () => number;
  readonly #tell = new WeakMap<object, (error: WireError) => void>();

  constructor({ refused, now = () => performance.now() }: MessageLimitOptions) {
    this.#refused = refused;
    this.#now = now;
  }

  /** Limits every connection of this server from now on. */
  limit(io: Pick<Server, 'engine'>): void {
    io.engine.on('connection', (connection: LimitedConnection) => this.watch(connection));
  }

  /** `emit` tells the peer of this socket what was wrong. */
  name(socket: Pick<Socket, 'conn'>, emit: (error: WireError) => void): void {
    this.#tell.set(socket.conn, emit);
  }

  watch(connection: LimitedConnection): void {
    const startedAt = this.#now();
    const messages = new TokenBucket(MESSAGE_BURST, MESSAGES_PER_SECOND, startedAt);
    const bytes = new TokenBucket(BYTES_BURST, BYTES_PER_SECOND, startedAt);
    connection.on('packet', (packet: { readonly data?: unknown }) => {
      const now = this.#now();
      if (messages.take(1, now) && bytes.take(sizeOf(packet.data), now)) return;
      const error = tooMuch();
      this.#refused(error);
      this.#tell.get(connection)?.(toWireError(error));
      // What it still sends is not read any more.
      connection.close();
    });
  }
}

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return data.length;
  return ArrayBuffer.isView(data) ? data.byteLength : 0;
}

function tooMuch(): AppError {
  return new AppError(
    'rate_limited',
    `Expected at most ${MESSAGES_PER_SECOND} messages and ${BYTES_PER_SECOND} bytes a second on one connection, got more.`,
    { retryAfterMs: 1_000 },
  );
}
