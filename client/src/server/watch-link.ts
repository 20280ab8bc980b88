import { buildRoomLink } from '../live/room-link.ts';

/** What a speaker passes on. */
export function watchLink(url: string, room: string, token: string | null): string {
  return buildRoomLink({ kind: 'watch', url, room, token });
}
