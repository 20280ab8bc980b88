import { signal } from '@preact/signals';

const NAME = 'parlance.operator-key';

/** As long as this tab, and never in an address: an operator's key opens more than a room. */
export const operatorKey = signal<string | null>(recallKey());

export function keepOperatorKey(key: string | null): void {
  operatorKey.value = key;
  try {
    if (key === null) sessionStorage.removeItem(NAME);
    else sessionStorage.setItem(NAME, key);
  } catch {
    // Storage is switched off: the key lasts as long as the page.
  }
}

function recallKey(): string | null {
  try {
    return sessionStorage.getItem(NAME);
  } catch {
    // Storage is switched off.
    return null;
  }
}
