import type { PartialCaption } from '../../../shared/captions.ts';
import type { WatchNamespace } from './socket-server.ts';

/** The Socket.IO room of those who get a room's partials: in a language, or (null) as spoken. */
export function partialAudience(room: string, language: string | null): string {
  return language === null ? `${room}/source` : `${room}/language/${language}`;
}

/**
 * Sends a partial to its readers on every node. Partials as spoken go to every viewer of the room,
 * translations to those who read their language; what a slow reader can not take is dropped (INV5).
 */
export function broadcastPartial(
  watch: WatchNamespace,
  room: string,
  caption: PartialCaption,
): void {
  const audience = partialAudience(
    room,
    caption.language === caption.sourceLanguage ? null : caption.language,
  );
  watch.to(audience).volatile.emit('caption:partial', caption);
}
