import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { toWireError } from '../../../shared/errors.ts';
import { serverDraining } from './server-draining.ts';

/**
 * From now on every WebSocket handshake is answered with 503, so that a load balancer in front tries
 * the next node with the very same handshake. (Listening goes on for `/ready` and what is under way.)
 * Were the handshake accepted and refused afterwards, the balancer would not know, and send this node
 * more and more, since it has the fewest connections.
 */
export function refuseUpgrades(http: Server): void {
  const body = JSON.stringify({ error: toWireError(serverDraining()) });
  const answer = [
    'HTTP/1.1 503 Service Unavailable',
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
  http.removeAllListeners('upgrade');
  http.on('upgrade', (_request: IncomingMessage, socket: Duplex) => {
    // A client that is gone already needs no answer.
    socket.on('error', () => socket.destroy());
    socket.end(answer);
  });
}
