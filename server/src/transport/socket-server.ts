import type { Server as HttpServer } from 'node:http';
import { type DefaultEventsMap, type Namespace, Server, type Socket } from 'socket.io';
import { AppError, toWireError } from '../../../shared/errors.ts';
import { MAX_SOCKET_MESSAGE_BYTES } from '../../../shared/limits.ts';
import {
  SOCKET_PATH,
  SPEAK_NAMESPACE,
  type SpeakClientEvents,
  type SpeakServerEvents,
  WATCH_NAMESPACE,
  type WatchClientEvents,
  type WatchServerEvents,
} from '../../../shared/protocol.ts';
import type { Identity } from '../access/identity.ts';

/**
 * A dead peer is noticed after both together; speakers notice sooner by missing acks. The load balancer
 * takes a node that is silent for longer than a ping and a bit for one that hangs (nginx.conf).
 */
const PING_INTERVAL_MS = 5_000;
const PING_TIMEOUT_MS = 8_000;
/** A connection that joins no namespace is closed after this. */
const CONNECT_TIMEOUT_MS = 10_000;

export interface SocketData {
  /** The key or token of the handshake; never logged (INV7). */
  token: string | undefined;
  /** Who showed it, when the connection began. */
  identity: Identity;
}

/** What nodes tell each other; it may be lost. */
export interface NodeEvents {
  'glossary:changed': (room: string) => void;
}

export type SpeakNamespace = Namespace<
  SpeakClientEvents,
  SpeakServerEvents,
  NodeEvents,
  SocketData
>;
export type WatchNamespace = Namespace<
  WatchClientEvents,
  WatchServerEvents,
  DefaultEventsMap,
  SocketData
>;
export type SpeakSocket = Socket<SpeakClientEvents, SpeakServerEvents, NodeEvents, SocketData>;
export type WatchSocket = Socket<
  WatchClientEvents,
  WatchServerEvents,
  DefaultEventsMap,
  SocketData
>;

type Adapter =
  NonNullable<ConstructorParameters<typeof Server>[1]> extends { adapter?: infer A } ? A : never;

/** WebSocket only, so that no stickiness is needed and any balancer works. */
export function createSocketServer(http: HttpServer, adapter: Adapter) {
  const io = new Server(http, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: MAX_SOCKET_MESSAGE_BYTES,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    perMessageDeflate: false,
    ...(adapter === undefined ? {} : { adapter }),
  });
  // Socket.IO always has this one: whoever joined it would be nowhere, and stay for ever.
  io.use(({ conn }, next) => {
    next(refusal(nowhere()));
    setImmediate(() => conn.close());
  });
  const speak: SpeakNamespace = io.of(SPEAK_NAMESPACE);
  const watch: WatchNamespace = io.of(WATCH_NAMESPACE);
  const join = joinOnce();
  speak.on('connection', join);
  watch.on('connection', join);
  return { io, speak, watch };
}

export type Sockets = ReturnType<typeof createSocketServer>;

/**
 * [INV4] A connection is there for one namespace, once: it is closed when it leaves it, or joins
 * another. Socket.IO would keep it for ever, and what is counted by connections would be more.
 */
function joinOnce(): (socket: Pick<Socket, 'on' | 'conn'>) => void {
  const joined = new WeakSet<object>();
  return (socket) => {
    const { conn } = socket;
    if (joined.has(conn)) conn.close();
    joined.add(conn);
    socket.on('disconnect', () => conn.close());
  };
}

function nowhere(): AppError {
  return new AppError(
    'invalid_message',
    `Expected the namespace ${SPEAK_NAMESPACE} or ${WATCH_NAMESPACE}, got /.`,
  );
}

/** Socket.IO hands `data` of a middleware's error to the client's `connect_error`. */
export function refusal(error: unknown): Error {
  const wire = toWireError(error);
  return Object.assign(new Error(wire.message), { data: wire });
}
