import { type Glossary, glossarySchema } from '../glossary/schema.ts';
import { recall, recallList, remember, rememberList } from './remembered.ts';

/** Rooms whose terms are kept: the longest lists still leave a browser's five million characters half free. */
export const MAX_KEPT_GLOSSARIES = 15;

const ROOMS = 'glossaries';
const PREFIX = 'glossary.';

/** The terms that this browser keeps for a room; null where it never had any. */
export function keptGlossary(room: string): Glossary | null {
  const text = recall(PREFIX + room);
  if (text === null) return null;
  try {
    const parsed = glossarySchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    // Someone edited the storage by hand.
    return null;
  }
}

export function keepGlossary(room: string, entries: Glossary): void {
  const rooms = [room, ...recallList(ROOMS).filter((other) => other !== room)];
  for (const forgotten of rooms.slice(MAX_KEPT_GLOSSARIES)) remember(PREFIX + forgotten, null);
  rememberList(ROOMS, rooms.slice(0, MAX_KEPT_GLOSSARIES));
  remember(PREFIX + room, JSON.stringify(entries));
}

export function forgetGlossary(room: string): void {
  remember(PREFIX + room, null);
  rememberList(
    ROOMS,
    recallList(ROOMS).filter((other) => other !== room),
  );
}

/** Calls back when another tab of this browser changes the room's terms; returns "stop listening". */
export function onKeptElsewhere(room: string, listener: () => void): () => void {
  const heard = ({ key }: StorageEvent) => {
    if (key?.endsWith(`.${PREFIX}${room}`)) listener();
  };
  window.addEventListener('storage', heard);
  return () => window.removeEventListener('storage', heard);
}
