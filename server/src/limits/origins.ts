import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Stands for every origin in ALLOWED_ORIGINS. */
export const ANY_ORIGIN = '*';
const LOOPBACK_NAMES = /^(localhost|.+\.localhost)$/i;

export interface OriginRules {
  /** ALLOWED_ORIGINS, each as browsers send it. */
  readonly allowed: readonly string[];
  /**
   * Whether nobody but this machine reaches this server: then a page that got its name to point here
   * (DNS rebinding) is not our own, whatever its host says.
   */
  readonly loopbackOnly: boolean;
}

/**
 * Whether a page that opens a WebSocket may: one of this server's own, or one that ALLOWED_ORIGINS
 * names. Programs send no Origin and are let in; a browser always sends one, and CORS does not hold
 * for WebSockets.
 */
export function mayConnect(
  { headers: { origin, host } }: Pick<IncomingMessage, 'headers'>,
  { allowed, loopbackOnly }: OriginRules,
): boolean {
  if (origin === undefined) return true;
  if (allowed.includes(ANY_ORIGIN) || allowed.includes(origin)) return true;
  if (host === undefined || !URL.canParse(origin)) return false;
  const page = new URL(origin);
  // TLS may end before us, so the scheme is not compared; its default port is left out either way.
  const own = `${page.protocol}//${host}`;
  if (!URL.canParse(own) || new URL(own).host !== page.host) return false;
  return !loopbackOnly || namesThisMachine(page.hostname);
}

/**
 * Whether a request may call this server what it does. To a browser a page of a rebound name is of the
 * same origin as we are, so that it sends no Origin and may read whatever is answered.
 */
export function mayCall(
  { headers: { host } }: Pick<IncomingMessage, 'headers'>,
  { allowed, loopbackOnly }: OriginRules,
): boolean {
  // Whoever sends no host is no browser.
  if (!loopbackOnly || host === undefined || allowed.includes(ANY_ORIGIN)) return true;
  if (!URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return (
    namesThisMachine(hostname) || allowed.some((origin) => new URL(origin).hostname === hostname)
  );
}

function namesThisMachine(hostname: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return LOOPBACK_NAMES.test(bare) || isIP(bare) !== 0;
}
