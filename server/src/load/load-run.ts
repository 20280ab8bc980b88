import { setMaxListeners } from 'node:events';
import type { LoadTally } from './load-tally.ts';
import { isHopeless, type Outcome } from './outcome.ts';

/** A user whose try failed waits this long, so that a dead server is not asked in a tight loop. */
const FAILED_PAUSE_MS = 200;
/** One that was refused waits for as long as it was told, or this where it was told nothing. */
const REFUSED_PAUSE_MS = 1_000;
const MAX_REFUSED_PAUSE_MS = 10_000;

/** When users are to end what they do. */
export interface LoadSignals {
  /** The time is over, or one of the others: whoever stays leaves as one should. */
  readonly over: AbortSignal;
  /** Somebody wants the report now. */
  readonly interrupt: AbortSignal;
}

/** One of those who load the server. */
export interface LoadUser {
  /** Does its thing once, and tells what became of it; null where it was interrupted. Never rejects. */
  act(signals: LoadSignals): Promise<Outcome | null>;
  /** Idempotent; leaves no connection. */
  close(): void;
}

export interface LoadPlan {
  readonly users: number;
  /** What all users do together; infinite where the time alone decides. */
  readonly requests: number;
  /** Nothing new is begun after it. */
  readonly limitMs: number;
  /** Users arrive evenly within this time, so that they do not all knock at once. */
  readonly arrivalsMs: number;
}

/** Lets users act, each again and again, until all is done; resolves with the milliseconds it took. */
export async function runLoad(
  plan: LoadPlan,
  makeUser: (index: number) => LoadUser,
  tally: LoadTally,
  interrupt: AbortSignal,
): Promise<number> {
  const beganAt = performance.now();
  const timeUp = new AbortController();
  const timer = setTimeout(() => timeUp.abort(new Error('The time is over.')), plan.limitMs);
  const over = AbortSignal.any([timeUp.signal, interrupt]);
  // Every user listens, and a warning for more than ten would be one about the very purpose.
  setMaxListeners(0, over, interrupt);
  let left = plan.requests;

  const live = async (index: number): Promise<void> => {
    const isThere = await pause((plan.arrivalsMs * index) / plan.users, over);
    if (!isThere || left <= 0) return;
    const user = makeUser(index);
    try {
      while (left > 0 && !over.aborted) {
        left -= 1;
        const outcome = await user.act({ over, interrupt });
        if (outcome === null) continue;
        tally.record(outcome);
        if (isHopeless(outcome)) timeUp.abort(new Error('The others would fare the same.'));
        if (outcome.kind !== 'ok' && left > 0) await pause(pauseAfter(outcome), over);
      }
    } finally {
      user.close();
    }
  };

  try {
    await Promise.all(Array.from({ length: plan.users }, (_, index) => live(index)));
  } finally {
    clearTimeout(timer);
  }
  return performance.now() - beganAt;
}

/** As long as the server asks for, within bounds: a crowd that knocks at once again measures itself. */
function pauseAfter(outcome: Exclude<Outcome, { kind: 'ok' }>): number {
  if (outcome.kind === 'failed') return FAILED_PAUSE_MS;
  return Math.min(MAX_REFUSED_PAUSE_MS, outcome.retryAfterMs ?? REFUSED_PAUSE_MS);
}

/** False where the signal came first. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted || ms <= 0) return resolve(!signal.aborted);
    const interrupted = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', interrupted);
      resolve(true);
    }, ms);
    signal.addEventListener('abort', interrupted, { once: true });
  });
}
