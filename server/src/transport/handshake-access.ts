import type { Socket } from 'socket.io';
import { AppError } from '../../../shared/errors.ts';
import { handshakeSchema } from '../../../shared/messages.ts';
import { SUPPORTED_PROTOCOLS } from '../../../shared/protocol.ts';
import type { Access } from '../access/access.ts';
import { refusalOf } from '../access/refusals.ts';
import { mayGoOn } from '../access/speaker-pass.ts';
import { parseMessage } from './requests.ts';
import { refusal, type SpeakNamespace, type WatchNamespace } from './socket-server.ts';

/**
 * Reads each handshake and finds out who comes. Nobody gets as far as a speaker's connection who may not
 * speak; one whose time is over still does, and can resume there what runs. Of viewers, who say which
 * room they want only then, those are refused who show nothing that holds.
 */
export function identifyComers(
  { speak, watch }: { readonly speak: SpeakNamespace; readonly watch: WatchNamespace },
  access: Access,
): void {
  speak.use(greet);
  watch.use(greet);
  speak.use((socket, next) => {
    access.identify(socket.data.token).then((identity) => {
      socket.data.identity = identity;
      next(mayGoOn(identity) ? undefined : refusal(refusalOf(identity, 'speak')));
    }, next);
  });
  watch.use((socket, next) => {
    access.identify(socket.data.token).then((identity) => {
      socket.data.identity = identity;
      next(identity.kind === 'stranger' ? refusal(identity.refusal) : undefined);
    }, next);
  });
}

/** Refuses a handshake that is malformed or of another protocol, by name. */
function greet(socket: Pick<Socket, 'handshake' | 'data'>, next: (error?: Error) => void): void {
  try {
    const { protocol, token } = parseMessage(handshakeSchema, socket.handshake.auth);
    if (!SUPPORTED_PROTOCOLS.includes(protocol)) {
      throw new AppError(
        'protocol_mismatch',
        `Expected protocol ${SUPPORTED_PROTOCOLS.join(' or ')}, got ${protocol}. Reload the page or update the client.`,
      );
    }
    socket.data.token = token;
    next();
  } catch (error) {
    next(refusal(error));
  }
}
