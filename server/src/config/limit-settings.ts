import { trustedProxies } from '../limits/client-address.ts';
import { ANY_ORIGIN } from '../limits/origins.ts';
import { availableMemory } from './available-memory.ts';
import { integer, list, text } from './setting-kinds.ts';

/** Settings of what one node, one key and one address may have. docs/settings.md explains each. */

const BYTES_PER_MB = 2 ** 20;
/** Of a machine that others use too. */
const MACHINE_SHARE = 0.8;

/** What a control group (a container) allows, else a share of the machine, in MB. */
function memoryLimitMb(): number {
  const { bytes, isConstrained } = availableMemory();
  const share = isConstrained ? 1 : MACHINE_SHARE;
  return Math.max(MIN_MEMORY_MB, Math.floor((bytes * share) / BYTES_PER_MB));
}

/** The server with its models takes about this much. */
const MIN_MEMORY_MB = 512;

export const limitSettings = {
  MAX_CONCURRENT_CONNECTIONS: integer(1, 1_000_000).default(2_500),
  MAX_CONNECTIONS_PER_ADDRESS: integer(1, 1_000_000).default(2_000),
  MAX_CONCURRENT_REQUESTS: integer(1, 1_000_000).default(1_000),
  RATE_LIMIT_PER_MINUTE: integer(1, 100_000).default(100),
  RATE_LIMIT_PER_ADDRESS: integer(1, 1_000_000).default(6_000),
  MEMORY_LIMIT_MB: integer(MIN_MEMORY_MB, 16_777_216).default(memoryLimitMb()),
  REQUEST_TIMEOUT: integer(1, 3_600).default(30),
  STREAM_TIMEOUT: integer(1, 300).default(5),
  STREAM_BUFFER_SIZE: integer(25, 1_500).default(100),
  ALLOWED_ORIGINS: list
    .refine((origins) => origins.every(isOrigin), 'Expected origins like https://example.org, or *')
    .default([]),
  TRUST_PROXY: list
    .refine(isTrust, 'Expected addresses, networks, loopback, linklocal or uniquelocal')
    .default([]),
  BALANCER_HOST: text.optional(),
};

/** Exactly what a browser sends: nothing behind the host. */
function isOrigin(origin: string): boolean {
  if (origin === ANY_ORIGIN) return true;
  if (!/^https?:/.test(origin) || !URL.canParse(origin)) return false;
  return new URL(origin).origin === origin;
}

function isTrust(proxies: readonly string[]): boolean {
  try {
    trustedProxies(proxies);
    return true;
  } catch {
    // It says no more than that it is none.
    return false;
  }
}
