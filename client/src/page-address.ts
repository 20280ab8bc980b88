import { isRoomName } from '../../shared/room-name.ts';

/** What the address bar says. The part after the `#` never reaches a server or its log. */
export type PageAddress =
  | { kind: 'home' }
  | { kind: 'speak'; room: string }
  | { kind: 'watch'; room: string }
  | { kind: 'operate' }
  | { kind: 'unknown' };

export function pageAddress(pathname: string): PageAddress {
  const [first = '', second = '', ...rest] = pathname.split('/').slice(1);
  if (first === '' && rest.length === 0) return { kind: 'home' };
  if (first === 'operate' && second === '' && rest.length === 0) return { kind: 'operate' };
  const room = decode(second);
  const more = rest.some((part) => part !== '');
  if ((first === 'speak' || first === 'watch') && isRoomName(room) && !more) {
    return { kind: first, room };
  }
  return { kind: 'unknown' };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A lone % in the address is no room's name.
    return '';
  }
}
