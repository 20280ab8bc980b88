import type { Socket } from 'socket.io';

/**
 * A connection that holds no session and no room for so long is closed: its place is somebody else's.
 * Longer than anybody waits for an answer to a start.
 */
export const UNSEATED_LIMIT_MS = 60_000;

interface Seatable {
  /** Whether it has begun something, or is just beginning. */
  isSeated(): boolean;
}

/** [INV4] Closes connections that were opened for nothing, or refused and stay. */
export class SeatLimits {
  readonly #unseated = new Map<Pick<Socket, 'disconnect'>, Seatable & { empty: boolean }>();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    // Whoever is found without a seat twice in a row has had none for this long at the least.
    this.#timer = setInterval(() => this.#look(), UNSEATED_LIMIT_MS);
    this.#timer.unref();
  }

  /** Looks after a connection until it ends. */
  watch(socket: Pick<Socket, 'disconnect' | 'on'>, isSeated: () => boolean): void {
    this.#unseated.set(socket, { isSeated, empty: false });
    socket.on('disconnect', () => this.#unseated.delete(socket));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#unseated.clear();
  }

  #look(): void {
    for (const [socket, connection] of [...this.#unseated]) {
      const isEmpty = !connection.isSeated();
      if (isEmpty && connection.empty) socket.disconnect(true);
      connection.empty = isEmpty;
    }
  }
}
