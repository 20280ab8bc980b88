import type { Namespace, Socket } from 'socket.io';
import { AppError } from '../../../shared/errors.ts';
import { refusal } from './socket-server.ts';

/**
 * How often one connection may ask for a namespace, whatever comes of it. A client asks once; another
 * try with another token is a new connection's, which counts for its address.
 */
export const MAX_CONNECTS = 4;

/**
 * [INV4] Closes a connection that asks for namespaces again and again: whoever guesses at tokens has a
 * few guesses. To be used before anything else is asked of a handshake.
 */
export function limitConnects(
  namespaces: readonly Pick<Namespace, 'use'>[],
  refused: (error: AppError) => void,
): void {
  const asked = new WeakMap<object, number>();
  const limit = ({ conn }: Socket, next: (error?: Error) => void): void => {
    const count = (asked.get(conn) ?? 0) + 1;
    asked.set(conn, count);
    if (count <= MAX_CONNECTS) {
      next();
      return;
    }
    const error = tooOften();
    if (count === MAX_CONNECTS + 1) refused(error);
    next(refusal(error));
    // Told first: the answer is sent once this returns.
    setImmediate(() => conn.close());
  };
  for (const namespace of namespaces) namespace.use(limit);
}

function tooOften(): AppError {
  return new AppError(
    'rate_limited',
    `Expected a connection for one namespace, got one that asked ${MAX_CONNECTS} times already.`,
    { retryAfterMs: 1_000 },
  );
}
