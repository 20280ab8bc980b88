import { recall, recallList, remember, rememberList } from './remembered.ts';

/** Rooms whose secrets are kept; older ones are forgotten. */
export const MAX_KEPT_ROOMS = 30;

const ROOMS = 'rooms';

/** Names of rooms that this browser has made, the latest first. */
export function ownRooms(): string[] {
  return recallList(ROOMS);
}

export function ownerSecretOf(room: string): string | null {
  return recall(secretName(room));
}

export function keepOwnerSecret(room: string, secret: string): void {
  const rooms = [room, ...ownRooms().filter((other) => other !== room)];
  for (const forgotten of rooms.slice(MAX_KEPT_ROOMS)) remember(secretName(forgotten), null);
  rememberList(ROOMS, rooms.slice(0, MAX_KEPT_ROOMS));
  remember(secretName(room), secret);
}

export function forgetRoom(room: string): void {
  remember(secretName(room), null);
  rememberList(
    ROOMS,
    ownRooms().filter((other) => other !== room),
  );
}

function secretName(room: string): string {
  return `owner.${room}`;
}
