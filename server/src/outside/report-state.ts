import type { Logger } from 'pino';
import type { ServiceState } from './outside-calls.ts';
import type { OutsideFault } from './outside-error.ts';

const MESSAGES: Readonly<Record<ServiceState, string>> = {
  up: 'an outside engine is asked again',
  probing: 'an outside engine is tried',
  paused: 'an outside engine asked for a pause; others stand in',
  resting: 'an outside engine fails and is left alone; others stand in',
};

/** Logs changes of a service's state. */
export function reportState(
  engine: string,
  log: Pick<Logger, 'warn' | 'info'> | undefined,
): (state: ServiceState, fault: OutsideFault | null) => void {
  return (state, fault) => {
    const bad = state === 'resting' || state === 'paused';
    log?.[bad ? 'warn' : 'info']({ engine, state, fault }, MESSAGES[state]);
  };
}
