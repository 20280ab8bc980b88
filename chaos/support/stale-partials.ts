import { io, type Socket } from 'socket.io-client';
import {
  PROTOCOL_VERSION,
  SOCKET_PATH,
  WATCH_NAMESPACE,
  type WatchClientEvents,
  type WatchServerEvents,
} from '../../shared/protocol.ts';
import { SPOKEN } from './test-speaker.ts';

/** Partials that came from a former owner of their session, before any client drops them. */
export interface StalePartials {
  readonly count: number;
  close(): void;
}

/** Watches a room without the client's own gate. */
export async function countStalePartials(url: string, room: string): Promise<StalePartials> {
  const socket: Socket<WatchServerEvents, WatchClientEvents> = io(url + WATCH_NAMESPACE, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { protocol: PROTOCOL_VERSION },
  });
  const highest = new Map<string, number>();
  let count = 0;
  socket.on('caption:partial', ({ session, epoch }) => {
    const known = highest.get(session) ?? 0;
    if (epoch < known) count += 1;
    else highest.set(session, epoch);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect_error', reject);
      socket.once('connect', () => {
        socket.emit('room:join', { room, language: SPOKEN }, (reply) => {
          if (reply.ok) resolve();
          else reject(new Error(`Expected to join, got ${reply.error.code}.`));
        });
      });
    });
  } catch (error) {
    socket.disconnect();
    throw error;
  }
  return {
    get count() {
      return count;
    },
    close: () => void socket.disconnect(),
  };
}
