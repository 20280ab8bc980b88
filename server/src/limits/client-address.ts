import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import proxyAddress from 'proxy-addr';

/** Whether an address is that of a proxy whose headers are believed; `hop` counts from our side. */
export type TrustsProxy = (address: string, hop: number) => boolean;

/** Groups of an IPv6 address that tell one customer from another (RFC 6177: a /64 at the least). */
const NETWORK_GROUPS = 4;
const IPV4_IN_IPV6 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * Makes the test of TRUST_PROXY: addresses, networks (`10.0.0.0/8`), or `loopback`, `linklocal`,
 * `uniquelocal`; nobody by default. Throws a TypeError for anything else.
 */
export function trustedProxies(proxies: readonly string[]): TrustsProxy {
  return proxies.length === 0 ? () => false : proxyAddress.compile([...proxies]);
}

/**
 * Where a request comes from, in the form that limits count by: what X-Forwarded-For says, but only
 * as far as trusted proxies wrote it. Of IPv6 the network, since a customer has all of its addresses.
 */
export function clientAddress(request: IncomingMessage, trusts: TrustsProxy): string {
  // Without a peer its connection is gone already; X-Forwarded-For may hold anything.
  return addressGroup(proxyAddress(request, trusts) ?? '');
}

/** The same for an address; what is none stays a group of its own. */
export function addressGroup(address: string): string {
  const [, inner] = IPV4_IN_IPV6.exec(address) ?? [];
  if (inner !== undefined) return inner;
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return bare.slice(0, 64);
  return `${expanded(bare).slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, as short as they can be written. */
function expanded(address: string): string[] {
  const [before = '', after] = address.toLowerCase().split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const missing = Math.max(0, 8 - head.length - tail.length);
  return [...head, ...Array.from({ length: missing }, () => '0'), ...tail].map((group) =>
    group.replace(/^0+(?=.)/, ''),
  );
}
