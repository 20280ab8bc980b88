import type { Access } from '../access/access.ts';
import { refusalOf } from '../access/refusals.ts';
import { mayGoOn } from '../access/speaker-pass.ts';
import { refusal, type SpeakNamespace, type WatchNamespace } from './socket-server.ts';

/**
 * Finds out who comes. Nobody gets as far as a speaker's connection who may not speak; one whose time
 * is over still does, and can resume there what runs. Viewers say which room they want only then.
 */
export function identifyComers(
  { speak, watch }: { readonly speak: SpeakNamespace; readonly watch: WatchNamespace },
  access: Access,
): void {
  speak.use((socket, next) => {
    access.identify(socket.data.token).then((identity) => {
      socket.data.identity = identity;
      next(mayGoOn(identity) ? undefined : refusal(refusalOf(identity, 'speak')));
    }, next);
  });
  watch.use((socket, next) => {
    access.identify(socket.data.token).then((identity) => {
      socket.data.identity = identity;
      next();
    }, next);
  });
}
