import type { Server as HttpServer } from 'node:http';
import type { Logger } from 'pino';
import type { AppError } from '../../../shared/errors.ts';
import type { CleanUps } from '../clean-ups.ts';
import type { Limits } from '../limits/create-limits.ts';
import { limitConnects } from './connect-limits.ts';
import { limitHandshakes } from './handshake-limits.ts';
import { MessageLimits } from './message-limits.ts';
import { RefusalLog } from './refusal-log.ts';
import { SeatLimits } from './seat-limits.ts';
import type { Sockets, SpeakSocket, WatchSocket } from './socket-server.ts';

export interface LimitedSockets {
  readonly http: HttpServer;
  readonly sockets: Sockets;
  readonly limits: Limits;
  readonly log: Pick<Logger, 'warn'>;
  readonly cleanUps: CleanUps;
  /** Told of each handshake that is refused, and of each connection that is cut for what it sends. */
  refused(error: AppError): void;
}

export interface SocketLimits {
  /** Looks after a speaker's connection. */
  speaker(socket: SpeakSocket, isSeated: () => boolean): void;
  /** Looks after a viewer's. */
  viewer(socket: WatchSocket, isSeated: () => boolean): void;
}

/**
 * Bounds handshakes and messages of a server from now on; each connection is then to be told to it.
 * To be called before anything else looks at handshakes.
 */
export function limitSockets({
  http,
  sockets: { io, speak, watch },
  limits,
  log,
  cleanUps,
  refused: onRefused,
}: LimitedSockets): SocketLimits {
  const refusals = new RefusalLog(log);
  const refused = (error: AppError): void => {
    refusals.note(error);
    onRefused(error);
  };
  limitHandshakes(http, { ...limits, refused });
  const messages = new MessageLimits({ refused });
  messages.limit(io);
  limitConnects([speak, watch], refused);
  const seats = new SeatLimits(() => limits.connections.isCrowded);
  cleanUps.add(() => seats.close());
  return {
    speaker: (socket, isSeated) => {
      messages.name(socket, (error) => void socket.emit('session:error', error));
      seats.watch(socket, isSeated);
    },
    viewer: (socket, isSeated) => {
      messages.name(socket, (error) => void socket.emit('viewer:closed', error));
      seats.watch(socket, isSeated);
    },
  };
}
