import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/** Waits until something is so; rejects with what was waited for after `limitMs`. */
export async function waitFor(
  what: string,
  limitMs: number,
  signal: AbortSignal,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Expected ${what} within ${limitMs} ms.`);
    await delay(POLL_MS, undefined, { signal });
  }
}
