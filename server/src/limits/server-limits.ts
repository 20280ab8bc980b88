import type { Server } from 'node:http';
import type { ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { AddressLimit } from './address-limit.ts';
import { addressGroup, type TrustsProxy } from './client-address.ts';

/** Longest time from a connection, or from the request before, until all headers are there. */
const MAX_HEADERS_MS = 10_000;
/** Longest TLS handshake, where there is one. */
const TLS_HANDSHAKE_MS = 10_000;
/** How often connections are looked at that take too long, at the least. */
const CHECK_INTERVAL_MS = 2_000;
/** Request line and headers of one request. */
export const MAX_HEADER_BYTES = 16_384;
/** Headers of one request; nobody honest sends as many. */
export const MAX_HEADERS = 100;
/** An idle connection is kept for the next request for so long. */
const KEEP_ALIVE_MS = 5_000;

export interface ServerLimits {
  /** REQUEST_TIMEOUT: from its first byte to its last, and for a socket that stands still. */
  readonly requestTimeoutMs: number;
  /** Connections of any kind: those of WebSockets, and as many requests as may be under way. */
  readonly maxConnections: number;
}

/** What Node's own server bounds before anybody is asked who they are: for `createServer`. */
export function serverOptions({ requestTimeoutMs }: ServerLimits): ServerOptions {
  return {
    headersTimeout: Math.min(MAX_HEADERS_MS, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, requestTimeoutMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    handshakeTimeout: Math.min(TLS_HANDSHAKE_MS, requestTimeoutMs),
  };
}

/**
 * The rest of it, on a server that does not listen yet. WebSockets are no longer subject to any of
 * this once their handshake is over.
 */
export function limitServer(http: Server, limits: ServerLimits): void {
  http.maxHeadersCount = MAX_HEADERS;
  http.maxConnections = limits.maxConnections;
  // A reader that takes nothing of its answer.
  http.timeout = limits.requestTimeoutMs;
}

/**
 * Bounds open connections of each address, whatever they are for; beyond the limit they are cut
 * before a byte is read. Those of trusted proxies are many people's and counted by none.
 */
export function limitConnections(http: Server, limit: AddressLimit, trusts: TrustsProxy): void {
  http.on('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket;
    if (trusts(remoteAddress, 0)) return;
    try {
      socket.once('close', limit.take(addressGroup(remoteAddress)));
    } catch {
      // Nothing was asked yet, so there is nothing to answer; a flood is not worth a line in the log.
      socket.destroy();
    }
  });
}
