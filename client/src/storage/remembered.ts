/** What this browser remembers between visits: small strings, never anything that was said. */

const PREFIX = 'parlance.';
/** Stands in where the browser allows no storage; lasts as long as the page. */
const fallback = new Map<string, string>();

export function recall(name: string): string | null {
  return read(() => localStorage, name);
}

/** Null forgets. */
export function remember(name: string, value: string | null): void {
  write(() => localStorage, name, value);
}

/** For this tab alone, as long as it is open: a reload finds it, another tab does not. */
export function recallForTab(name: string): string | null {
  return read(() => sessionStorage, name);
}

export function rememberForTab(name: string, value: string | null): void {
  write(() => sessionStorage, name, value);
}

function read(storage: () => Storage, name: string): string | null {
  try {
    return storage().getItem(PREFIX + name);
  } catch {
    // Storage can be switched off altogether; then even reading throws.
    return fallback.get(name) ?? null;
  }
}

function write(storage: () => Storage, name: string, value: string | null): void {
  try {
    if (value === null) storage().removeItem(PREFIX + name);
    else storage().setItem(PREFIX + name, value);
  } catch {
    // Storage is switched off or full.
    if (value === null) fallback.delete(name);
    else fallback.set(name, value);
  }
}

/** A list of strings; whatever else is stored under the name counts as nothing. */
export function recallList(name: string): string[] {
  const text = recall(name);
  if (text === null) return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
  } catch {
    // Someone edited the storage by hand.
    return [];
  }
}

export function rememberList(name: string, list: readonly string[]): void {
  remember(name, list.length === 0 ? null : JSON.stringify(list));
}
