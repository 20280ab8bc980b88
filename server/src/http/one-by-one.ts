import type { Socket } from 'node:net';
import type { RequestHandler } from 'express';

/** Requests of one connection that may wait for the one before; nobody honest sends as many ahead. */
export const MAX_WAITING_REQUESTS = 16;

/** How many wait, of connections on which any ever did. */
const waiting = new WeakMap<Socket, number>();

/**
 * Has requests that one connection sends at once (pipelining) wait for their turn to be answered: Node
 * hands on all of them as they come, and each would hold a place and perhaps a file. Nor does it tell
 * those behind the first that their connection has gone.
 */
export const oneByOne: RequestHandler = ({ socket }, response, next) => {
  // The response that is being sent is the one that has the connection.
  if (response.socket !== null) {
    next();
    return;
  }
  const others = waiting.get(socket) ?? 0;
  if (others >= MAX_WAITING_REQUESTS) {
    socket.destroy();
    return;
  }
  waiting.set(socket, others + 1);
  response.once('socket', () => {
    waiting.set(socket, (waiting.get(socket) ?? 1) - 1);
    // Node is still at handing over the connection.
    process.nextTick(() => {
      if (!socket.destroyed) next();
    });
  });
};
