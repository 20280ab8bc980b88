import { AppError } from '../../../shared/errors.ts';
import { isRoomName } from '../../../shared/room-name.ts';

/** A link to a room. What it proves stands behind the `#`, which browsers never send to a server. */
export interface RoomLink {
  kind: 'watch' | 'speak';
  /** The server, without a trailing slash, for example `https://host:8443`. */
  url: string;
  room: string;
  /** The watch token, or the key to speak; null where the server asks for none. */
  token: string | null;
}

/** Name of the token in the link's fragment. */
const TOKEN_NAMES = { watch: 't', speak: 'k' } as const;

/** `https://host/watch/ROOM#t=TOKEN`, or `https://host/speak/ROOM#k=KEY`. */
export function buildRoomLink({ kind, url, room, token }: RoomLink): string {
  const link = new URL(url);
  link.pathname = `${link.pathname.replace(/\/+$/, '')}/${kind}/${checkRoom(room)}`;
  link.search = '';
  link.hash = token === null ? '' : new URLSearchParams({ [TOKEN_NAMES[kind]]: token }).toString();
  return link.href;
}

/** Null where the text is no link to a room. A token outside the fragment is not read. */
export function parseRoomLink(text: string): RoomLink | null {
  if (!URL.canParse(text)) return null;
  const link = new URL(text);
  if (link.protocol !== 'http:' && link.protocol !== 'https:') return null;
  const match = /^(.*)\/(watch|speak)\/([^/]+)\/?$/.exec(link.pathname);
  const [, base = '', kind, room] = match ?? [];
  if ((kind !== 'watch' && kind !== 'speak') || !isRoomName(room ?? '')) return null;
  const token = new URLSearchParams(link.hash.slice(1)).get(TOKEN_NAMES[kind]);
  return { kind, url: link.origin + base, room: String(room), token: token || null };
}

function checkRoom(room: string): string {
  if (isRoomName(room)) return room;
  throw new AppError(
    'invalid_message',
    `Expected a room of lower-case letters, digits and hyphens, got "${room}".`,
  );
}
