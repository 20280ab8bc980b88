import { signal } from '@preact/signals';
import { recall, remember } from '../storage/remembered.ts';

/** The operator's key for speaking: from a link's `#k=`, or typed in; kept in this browser. */
export const speakingKey = signal<string | null>(recall('key'));

export function keepSpeakingKey(key: string | null): void {
  speakingKey.value = key;
  remember('key', key);
}

/** Takes a key out of the address, where it could be read over a shoulder or on a shared screen. */
export function takeKeyFromAddress(): void {
  const parameters = new URLSearchParams(location.hash.slice(1));
  const key = parameters.get('k');
  if (key === null) return;
  if (key !== '') keepSpeakingKey(key);
  parameters.delete('k');
  const rest = parameters.toString();
  history.replaceState(null, '', location.pathname + location.search + (rest && `#${rest}`));
}

/** The token of a watch link; it stays in the address, which people pass on. */
export function watchTokenFromAddress(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get('t') || null;
}
