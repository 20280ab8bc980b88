import { io } from 'socket.io-client';
import type { PlacedEntry } from '../../shared/captions.ts';
import {
  PROTOCOL_VERSION,
  type Reply,
  type RoomJoined,
  SOCKET_PATH,
  WATCH_NAMESPACE,
} from '../../shared/protocol.ts';

const ANSWER_LIMIT_MS = 30_000;

/** What a server has stored of a room, as spoken and in one language, in the record's order. */
export async function readRecord(
  url: string,
  room: string,
  language: string,
): Promise<readonly PlacedEntry[]> {
  const socket = io(url + WATCH_NAMESPACE, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    auth: { protocol: PROTOCOL_VERSION },
  });
  try {
    const reply: Reply<RoomJoined> = await socket
      .timeout(ANSWER_LIMIT_MS)
      .emitWithAck('room:join', { room, language });
    if (!reply.ok) throw new Error(`Expected the record of ${room}, got ${reply.error.code}.`);
    return reply.history;
  } finally {
    socket.disconnect();
  }
}
