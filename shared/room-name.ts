import { MAX_ROOM_NAME_LENGTH } from './limits.ts';

/** Characters of a room's name. Apart from the schemas, so that a page needs no schema library. */
export const ROOM_NAME_PATTERN = /^[a-z0-9][a-z0-9-]*$/;

export function isRoomName(text: string): boolean {
  return text.length <= MAX_ROOM_NAME_LENGTH && ROOM_NAME_PATTERN.test(text);
}
