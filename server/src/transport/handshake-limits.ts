import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError, type ErrorCode, toWireError } from '../../../shared/errors.ts';
import type { AddressLimit } from '../limits/address-limit.ts';
import { clientAddress, type TrustsProxy } from '../limits/client-address.ts';
import type { ConnectionLimit } from '../limits/connection-limit.ts';
import { mayConnect, type OriginRules } from '../limits/origins.ts';

const HANDSHAKE_STATUS: Partial<Record<ErrorCode, number>> = {
  origin_refused: 403,
  rate_limited: 429,
};
const UNAVAILABLE_STATUS = 503;

export interface HandshakeLimits {
  readonly connections: ConnectionLimit;
  readonly addresses: AddressLimit;
  readonly origins: OriginRules;
  readonly trusts: TrustsProxy;
  /** Told of each handshake that is refused. */
  refused(error: AppError): void;
}

/**
 * Looks at each WebSocket handshake before anybody reads more of it: its origin, how many connections
 * its address has, and how many this node has. Goes behind what serves handshakes.
 */
export function limitHandshakes(http: Server, limits: HandshakeLimits): void {
  const serve = http.listeners('upgrade');
  http.removeAllListeners('upgrade');
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    try {
      admitHandshake(request, socket, limits);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      limits.refused(error);
      refuseHandshake(socket, error);
      return;
    }
    for (const listener of serve) listener.call(http, request, socket, head);
  });
}

function admitHandshake(
  request: IncomingMessage,
  socket: Duplex,
  { connections, addresses, origins, trusts }: HandshakeLimits,
): void {
  if (!mayConnect(request, origins)) {
    throw new AppError(
      'origin_refused',
      'Expected a page of this server, or of an origin out of ALLOWED_ORIGINS, got another.',
    );
  }
  const leaveAddress = addresses.take(clientAddress(request, trusts));
  socket.once('close', leaveAddress);
  socket.once('close', connections.take());
}

/** Answers a handshake by name; a load balancer in front tries the next node after 503. */
export function refuseHandshake(socket: Duplex, error: AppError): void {
  const status = HANDSHAKE_STATUS[error.code] ?? UNAVAILABLE_STATUS;
  const body = JSON.stringify({ error: toWireError(error) });
  // A client that is gone already needs no answer.
  socket.on('error', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      'Content-Type: application/json',
      ...(error.retryAfterMs === undefined
        ? []
        : [`Retry-After: ${Math.ceil(error.retryAfterMs / 1000)}`]),
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
