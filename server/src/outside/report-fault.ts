import type { Logger } from 'pino';
import type { OutsideError, OutsideFault } from './outside-error.ts';

/** A service that refuses everything is a line a minute and not one for each caption. */
export const FAULT_INTERVAL_MS = 60_000;

/**
 * Logs why a service did not do what it was asked: each kind of fault at once, and then once a minute
 * with how often it was since. An {@link OutsideError} holds nothing that was said (INV7).
 */
export function reportFault(
  engine: string,
  log: Pick<Logger, 'warn'> | undefined,
  now: () => number = () => performance.now(),
): (error: OutsideError) => void {
  const told = new Map<OutsideFault, number>();
  const untold = new Map<OutsideFault, number>();
  return ({ fault, status, parameter, message }) => {
    const times = (untold.get(fault) ?? 0) + 1;
    untold.set(fault, times);
    if (now() - (told.get(fault) ?? Number.NEGATIVE_INFINITY) < FAULT_INTERVAL_MS) return;
    told.set(fault, now());
    untold.delete(fault);
    log?.warn(
      { engine, fault, status, parameter, reason: message, times },
      'an outside engine did not do what it was asked',
    );
  };
}
