import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../../shared/errors.ts';
import type { Limits } from '../limits/create-limits.ts';
import { limitConnections, limitServer, serverOptions } from '../limits/server-limits.ts';

/**
 * Connections that may wait to be accepted, as far as the kernel allows: with Node's 511, of two
 * thousand that come at once some are dropped and try again only seconds later.
 */
const LISTEN_BACKLOG = 4_096;

/** PEM texts. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

/** A server that takes no more than it may, whoever comes; plain HTTP without `tls`. */
export function createServer(
  tls: TlsIdentity | undefined,
  limits: Pick<Limits, 'server' | 'peers' | 'trusts'>,
): HttpServer {
  const bounds = serverOptions(limits.server);
  const http =
    tls === undefined ? createHttpServer(bounds) : createHttpsServer({ ...bounds, ...tls });
  limitServer(http, limits.server);
  limitConnections(http, limits.peers, limits.trusts);
  return http;
}

/** Resolves with the port, which the system chooses for 0. Rejects with `port_in_use`. */
export function listen(http: HttpServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new AppError(
              'port_in_use',
              `Port ${port} is taken by another program. Choose another with --port, or stop that program.`,
              { cause: error },
            )
          : error,
      );
    });
    const place = { port, host, backlog: LISTEN_BACKLOG };
    http.listen(place, () => resolve(portOf(http) ?? port));
  });
}

/** Null while it does not listen. */
export function portOf(http: HttpServer): number | null {
  return (http.address() as AddressInfo | null)?.port ?? null;
}

/** Ends every connection. Idempotent. */
export async function closeServer(http: HttpServer): Promise<void> {
  if (!http.listening) return;
  await new Promise<void>((resolve) => {
    http.close(() => resolve());
    http.closeAllConnections();
  });
}
