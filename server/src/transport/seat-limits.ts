import type { Socket } from 'socket.io';

/**
 * A connection that holds no session and no room for so long is closed: its place is somebody else's.
 * Longer than anybody waits for an answer to a start.
 */
export const UNSEATED_LIMIT_MS = 60_000;
/**
 * While there is room only for who resumes (NEWCOMER_SHARE), it is closed sooner: honest clients say
 * at once what they came for. Connections are looked at this often.
 */
export const CROWDED_LIMIT_MS = 10_000;

interface Seatable {
  /** Whether it has begun something, or is just beginning. */
  isSeated(): boolean;
}

/** [INV4] Closes connections that were opened for nothing, or refused and stay. */
export class SeatLimits {
  readonly #isCrowded: () => boolean;
  /** With how often in a row each was found without a seat. */
  readonly #watched = new Map<Pick<Socket, 'disconnect'>, Seatable & { unseated: number }>();
  readonly #timer: NodeJS.Timeout;

  /** `isCrowded` tells whether places are left only for who resumes. */
  constructor(isCrowded: () => boolean) {
    this.#isCrowded = isCrowded;
    this.#timer = setInterval(() => this.#look(), CROWDED_LIMIT_MS);
    this.#timer.unref();
  }

  /** Looks after a connection until it ends. */
  watch(socket: Pick<Socket, 'disconnect' | 'on'>, isSeated: () => boolean): void {
    this.#watched.set(socket, { isSeated, unseated: 0 });
    socket.on('disconnect', () => this.#watched.delete(socket));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#watched.clear();
  }

  #look(): void {
    const limitMs = this.#isCrowded() ? CROWDED_LIMIT_MS : UNSEATED_LIMIT_MS;
    for (const [socket, connection] of [...this.#watched]) {
      // One that is found so for the first time may have been seated a moment ago.
      const unseatedMs = connection.unseated * CROWDED_LIMIT_MS;
      connection.unseated = connection.isSeated() ? 0 : connection.unseated + 1;
      if (connection.unseated > 0 && unseatedMs >= limitMs) socket.disconnect(true);
    }
  }
}
