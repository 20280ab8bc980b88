import { setMaxListeners } from 'node:events';
import { unlessAborted } from './unless-aborted.ts';

export interface Deadline {
  readonly ms: number;
  /** What to reject with when the time is over. */
  readonly late: () => Error;
  /** Others who may end the work; it rejects with their reason. */
  readonly signals: readonly AbortSignal[];
}

/**
 * Work that ends when its time is over or a signal says so, whether it listens or not. Leaves no timer
 * and no listener behind, also on signals that live long.
 */
export async function withDeadline<T>(
  { ms, late, signals }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(late()), ms);
  // AbortSignal.any would stay with signals that live long.
  const listeners = signals.map((signal) => {
    // Much work may hang on it.
    setMaxListeners(0, signal);
    const abort = () => over.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    return () => signal.removeEventListener('abort', abort);
  });
  try {
    over.signal.throwIfAborted();
    return await unlessAborted(work(over.signal), over.signal);
  } finally {
    for (const remove of listeners) remove();
    clearTimeout(timer);
  }
}
