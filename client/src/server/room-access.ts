import { signal } from '@preact/signals';
import { recall, recallForTab, remember, rememberForTab } from '../storage/remembered.ts';

/** The operator's key for speaking: from a link's `#k=`, or typed in; kept in this browser. */
export const speakingKey = signal<string | null>(recall('key'));
/** A token for speaking in one room, from its link: kept in this tab alone, where a reload finds it. */
export const speakingToken = signal<{ room: string; token: string } | null>(null);

/** What the server is shown to speak in this page's room. */
export function speakingCredential(): string | null {
  return speakingToken.value?.token ?? speakingKey.value;
}

/** A key that somebody enters counts more than the link that the page was opened with. */
export function keepSpeakingKey(key: string | null): void {
  if (speakingToken.value !== null) rememberForTab(tokenName(speakingToken.value.room), null);
  speakingToken.value = null;
  speakingKey.value = key;
  remember('key', key);
}

/**
 * Takes a key, or this room's token, out of the address, where it could be read over a shoulder or
 * on a shared screen.
 */
export function takeKeyFromAddress(room: string | null = null): void {
  if (room !== null) takeToken(room, recallForTab(tokenName(room)));
  const parameters = new URLSearchParams(location.hash.slice(1));
  const key = parameters.get('k');
  if (key === null) return;
  if (!isToken(key)) keepSpeakingKey(key || speakingKey.value);
  else if (room !== null) takeToken(room, key);
  parameters.delete('k');
  const rest = parameters.toString();
  history.replaceState(null, '', location.pathname + location.search + (rest && `#${rest}`));
}

/**
 * The token of a watch link, which stays in the address: people pass it on. A tab that read by this
 * link before comes back with what it was given for that, since the link itself may have run out.
 */
export function watchTokenFromAddress(room: string): string | null {
  const linked = linkedToken();
  const [link, given] = (recallForTab(returnName(room)) ?? '').split(' ');
  return linked !== null && link === linked ? (given ?? linked) : linked;
}

/** Keeps what this tab may come back to the room with. */
export function keepReturnToken(room: string, token: string): void {
  const linked = linkedToken();
  if (linked !== null) rememberForTab(returnName(room), `${linked} ${token}`);
}

function linkedToken(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get('t') || null;
}

/** Room tokens are in three parts; keys have no dots. */
function isToken(text: string): boolean {
  return text.split('.').length === 3;
}

function takeToken(room: string, token: string | null): void {
  speakingToken.value = token === null ? null : { room, token };
  rememberForTab(tokenName(room), token);
}

function returnName(room: string): string {
  return `return.${room}`;
}

function tokenName(room: string): string {
  return `token.${room}`;
}
