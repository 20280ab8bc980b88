import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { refuseHandshake } from './handshake-limits.ts';
import { serverDraining } from './server-draining.ts';

/**
 * From now on every WebSocket handshake is answered with 503, so that a load balancer in front tries
 * the next node with the very same handshake. (Listening goes on for `/ready` and what is under way.)
 * Were the handshake accepted and refused afterwards, the balancer would not know, and send this node
 * more and more, since it has the fewest connections.
 */
export function refuseUpgrades(http: Server): void {
  http.removeAllListeners('upgrade');
  http.on('upgrade', (_request: IncomingMessage, socket: Duplex) => {
    refuseHandshake(socket, serverDraining());
  });
}
