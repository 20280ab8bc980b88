import type { Speaker } from '../../../shared/captions.ts';
import { isMoving } from '../live/is-moving.ts';
import type { ViewerState } from '../live/viewer-state.ts';

interface RoomPillProps {
  link: ViewerState;
  speakers: readonly Speaker[];
  ended: boolean;
}

type Look = 'live' | 'calm' | 'away';

/** In one or two words: is anybody speaking, and is this page connected. */
export function RoomPill(props: RoomPillProps) {
  const { look, words } = pillOf(props);
  return (
    <span class={`pill ${look}`} role="status" data-testid="room-state" data-state={look}>
      <span class="dot" aria-hidden="true" />
      {words}
    </span>
  );
}

function pillOf({ link, speakers, ended }: RoomPillProps): { look: Look; words: string } {
  if (ended) return { look: 'calm', words: 'Ended' };
  if (link.kind === 'reconnecting' && !isMoving(link))
    return { look: 'away', words: 'Reconnecting' };
  if (link.kind === 'ended') return { look: 'away', words: 'Not connected' };
  if (link.kind !== 'watching' && !isMoving(link)) return { look: 'calm', words: 'Connecting' };
  const live = speakers.filter((speaker) => speaker.live).length;
  if (live === 0) return { look: 'calm', words: 'Waiting' };
  return { look: 'live', words: live === 1 ? 'Live' : `${live} live` };
}
