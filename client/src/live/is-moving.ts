import type { SpeakerState } from './speaker-state.ts';
import type { ViewerState } from './viewer-state.ts';

/** Whether a link is only on its way from a node that leaves to another one: nothing is wrong. */
export function isMoving(link: SpeakerState | ViewerState): boolean {
  return link.kind === 'reconnecting' && link.attempt === 0;
}
