import type { EventEmitter } from 'node:events';

/**
 * What one connection may be sent beyond what its peer takes (INV4), apart from one history: an hour
 * of finals. A peer that takes nothing at all is gone after two missed pings, long before.
 */
export const MAX_BACKLOG_BYTES = 1_048_576;

/** As much of Engine.IO's connection as tells what waits in it. */
export type FlushedConnection = Pick<EventEmitter, 'on'>;

/**
 * Bytes that wait in a connection because its peer has not taken what was sent before. Engine.IO
 * says what it queues and when it hands all of that to the system; until the peer makes room, no
 * further flush follows.
 */
export class Backlog {
  #bytes = 0;

  constructor(connection: FlushedConnection) {
    connection.on('packetCreate', (packet: { readonly data?: unknown }) => {
      this.#bytes += sizeOf(packet.data);
    });
    connection.on('flush', () => {
      this.#bytes = 0;
    });
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** True where nothing more may be added. */
  get full(): boolean {
    return this.#bytes > MAX_BACKLOG_BYTES;
  }
}

/** Characters of a text, which are bytes at the least; bytes of anything binary. */
function sizeOf(data: unknown): number {
  if (typeof data === 'string') return data.length;
  return ArrayBuffer.isView(data) ? data.byteLength : 0;
}
