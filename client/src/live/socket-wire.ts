import { io, type ManagerOptions, type SocketOptions } from 'socket.io-client';
import { AppError, type WireError } from '../../../shared/errors.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '../../../shared/protocol.ts';
import { isReply, type OpenWire, type RequestAnswer, type Wire, type WireMap } from './wire.ts';
import { isWireError, localError, toAppError } from './wire-error.ts';

/** A server that has not accepted the handshake after this long counts as unreachable. */
export const OPEN_TIMEOUT_MS = 10_000;

export interface WireAddress {
  /** Where the server is, for example `https://host:8443` or `https://host/below/a/path`. */
  url: string;
  namespace: string;
  /** A function is asked at each handshake. */
  token?: string | undefined | (() => string | undefined);
  /** Anything else that Socket.IO takes, for example `ca` in Node. */
  socketOptions?: Partial<ManagerOptions & SocketOptions> | undefined;
}

/** Connections over Socket.IO, WebSocket only. It never reconnects by itself: one wire, one link. */
export function socketWire<In extends WireMap<In>, Out extends WireMap<Out>>(
  address: WireAddress,
): OpenWire<In, Out> {
  const base = parseUrl(address.url);
  const basePath = base.pathname.replace(/\/+$/, '');
  return (handlers) => {
    const token = typeof address.token === 'function' ? address.token() : address.token;
    const socket = io(base.origin + address.namespace, {
      ...address.socketOptions,
      path: basePath + SOCKET_PATH,
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      autoConnect: false,
      timeout: OPEN_TIMEOUT_MS,
      auth: {
        protocol: PROTOCOL_VERSION,
        ...(token === undefined ? {} : { token }),
      },
    });
    const waiting = new Set<(error: WireError) => void>();
    let closed = false;

    const dispose = (error: WireError): void => {
      closed = true;
      clearTimeout(openTimer);
      socket.off();
      socket.disconnect();
      for (const refuse of [...waiting]) refuse(error);
    };
    const down = (error: WireError): void => {
      if (closed) return;
      dispose(error);
      handlers.down(error);
    };
    const openTimer = setTimeout(
      () => down(unreachable(base, 'no answer to the handshake')),
      OPEN_TIMEOUT_MS,
    );

    socket.on('connect', () => {
      clearTimeout(openTimer);
      handlers.open();
    });
    socket.on('connect_error', (error) => down(refusal(error, base)));
    socket.on('disconnect', (reason) => down(unreachable(base, reason)));
    for (const [event, handle] of eventHandlers(handlers.events)) {
      socket.on(event, (...args: unknown[]) => {
        if (closed) return;
        handlers.heard?.();
        handle?.(...args);
      });
    }
    socket.connect();

    const wire: Wire<Out> = {
      send(event, body) {
        if (socket.connected) socket.emit(event, body);
      },
      request(event, body, timeoutMs) {
        type Answer = RequestAnswer<Out, typeof event>;
        return new Promise<Answer>((resolve, reject) => {
          const settle = (): void => {
            clearTimeout(timer);
            waiting.delete(refuse);
          };
          const refuse = (error: WireError): void => {
            settle();
            reject(toAppError(error));
          };
          const timer =
            timeoutMs === undefined
              ? undefined
              : setTimeout(() => refuse(unreachable(base, `no answer to ${event}`)), timeoutMs);
          waiting.add(refuse);
          if (!socket.connected) return refuse(unreachable(base, 'not connected'));
          socket.emit(event, body, (reply: unknown) => {
            if (!waiting.has(refuse)) return;
            if (!isReply<Answer>(reply)) return refuse(malformed(event));
            if (!reply.ok) return refuse(isWireError(reply.error) ? reply.error : malformed(event));
            settle();
            resolve(reply);
          });
        });
      },
      close() {
        if (!closed) dispose(localError('server_unreachable', 'This side closed the connection.'));
      },
    };
    return wire;
  };
}

/** The handlers as Socket.IO calls them: what arrives is typed by the protocol, not checked here. */
function eventHandlers(events: object): [string, ((...args: unknown[]) => void) | undefined][] {
  return Object.entries(events);
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw new AppError('invalid_setting', `Expected a URL like https://host:8443, got "${url}".`);
  }
  return parsed;
}

function unreachable(base: URL, reason: string): WireError {
  return localError('server_unreachable', `Expected ${base.origin} to answer, got: ${reason}.`);
}

function malformed(event: string): WireError {
  return localError('internal', `Expected an answer to ${event} as the protocol has it.`);
}

/** A refused handshake carries the server's error; anything else means that nobody answered. */
function refusal(error: Error & { data?: unknown; description?: unknown }, base: URL): WireError {
  if (isWireError(error.data)) return error.data;
  // In Node the WebSocket's own error tells the reason (ECONNREFUSED, a certificate); a page gets none.
  const { description } = error;
  const inner = typeof description === 'object' && description !== null ? description : {};
  const cause = 'error' in inner && inner.error instanceof Error ? inner.error : null;
  const code = cause !== null && 'code' in cause ? String(cause.code) : '';
  return unreachable(base, code || cause?.message || error.message);
}
