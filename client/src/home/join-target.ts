import { parseRoomLink } from '../live/room-link.ts';
import { toRoomName } from '../words/room-names.ts';

/** Where somebody wants to go who typed a room's name or pasted a link. */
export type JoinTarget =
  | { kind: 'nowhere' }
  | { kind: 'here'; path: string }
  /** A link to a room on another server. */
  | { kind: 'elsewhere'; href: string; host: string };

export function joinTarget(typed: string, origin: string): JoinTarget {
  const text = typed.trim();
  const link = parseRoomLink(text);
  if (link !== null) {
    const { href, host, pathname, hash, origin: linked } = new URL(text);
    return linked === origin
      ? { kind: 'here', path: pathname + hash }
      : { kind: 'elsewhere', href, host };
  }
  // An address of any other kind is no name for a room.
  if (/^[a-z]+:\/\//i.test(text)) return { kind: 'nowhere' };
  const room = toRoomName(text);
  return room === '' ? { kind: 'nowhere' } : { kind: 'here', path: `/watch/${room}` };
}
