import { isIPv4 } from 'node:net';
import { AppError } from '../../../shared/errors.ts';
import type { Settings } from '../config/settings.ts';

type ReachSettings = Pick<Settings, 'HOST' | 'ACCESS_KEY' | 'OPEN_TO_EVERYBODY'>;

/** Whether only this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '').toLowerCase();
  const mapped = address.replace(/^::ffff:/, '');
  return (
    address === 'localhost' || address === '::1' || (isIPv4(mapped) && mapped.startsWith('127.'))
  );
}

/**
 * Whether nobody but this machine reaches a server: no proxy stands before it, or no other than the
 * balancer of a cluster that listens on loopback itself.
 */
export function staysOnThisMachine({
  HOST,
  TRUST_PROXY,
  BALANCER_HOST,
}: Pick<Settings, 'HOST' | 'TRUST_PROXY' | 'BALANCER_HOST'>): boolean {
  if (BALANCER_HOST !== undefined) return isLoopback(BALANCER_HOST);
  return TRUST_PROXY.length === 0 && isLoopback(HOST);
}

/** Whether everybody may do everything as long as there is no key. */
export function opensWithoutKeys({ HOST, OPEN_TO_EVERYBODY }: ReachSettings): boolean {
  return OPEN_TO_EVERYBODY === undefined ? isLoopback(HOST) : OPEN_TO_EVERYBODY === 'yes';
}

/** Throws `keys_required` for a server that others reach, that has no key, and was not told to be open. */
export function checkReach(settings: ReachSettings, hasKeys: boolean): void {
  const { HOST, ACCESS_KEY, OPEN_TO_EVERYBODY } = settings;
  if (ACCESS_KEY !== undefined || hasKeys || OPEN_TO_EVERYBODY === 'yes' || isLoopback(HOST)) {
    return;
  }
  throw new AppError(
    'keys_required',
    `Expected a key before others can reach this server at ${HOST}, got none. Make one with ` +
      '"parlance keys create NAME", or set ACCESS_KEY, or say OPEN_TO_EVERYBODY=yes.',
  );
}
