/** How long a page that was just reloaded waits for its former self to let go. */
export const LOCK_WAIT_MS = 2_000;

/**
 * Makes this page the only one of the browser that speaks in a session, until it is gone or calls
 * what it gets back. Null where another page has it, or the browser knows no locks (plain http).
 */
export async function holdSession(
  session: string,
  waitMs: number = LOCK_WAIT_MS,
): Promise<(() => void) | null> {
  const locks = 'locks' in navigator ? navigator.locks : undefined;
  if (locks === undefined) return null;
  return await new Promise<(() => void) | null>((resolve) => {
    const held = () => new Promise<void>((release) => resolve(release));
    locks
      .request(`parlance.session.${session}`, { signal: AbortSignal.timeout(waitMs) }, held)
      // Refused: another page has it, or storage is switched off altogether.
      .catch(() => resolve(null));
  });
}
