import type { TranscriptStore } from './transcript-store.ts';

/** How often sessions whose client and node are both gone are looked for, at the least. */
const MAX_REAP_INTERVAL_MS = 10_000;

/** Ends sessions that nobody took up within their grace, now and then; returns what ends that. */
export function reapSessions(
  store: Pick<TranscriptStore, 'reapSessions'>,
  graceMs: number,
): () => void {
  const reap = (): void => {
    // While the store is away nobody is ended: its own clock starts afresh afterwards.
    store.reapSessions(graceMs).catch(() => undefined);
  };
  const reaper = setInterval(reap, Math.min(MAX_REAP_INTERVAL_MS, graceMs / 2));
  return () => clearInterval(reaper);
}
