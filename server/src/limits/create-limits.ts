import type { Logger } from 'pino';
import { staysOnThisMachine } from '../access/reach.ts';
import type { CleanUps } from '../clean-ups.ts';
import type { Settings } from '../config/settings.ts';
import { AddressLimit } from './address-limit.ts';
import { ChildProcesses } from './child-processes.ts';
import { type TrustsProxy, trustedProxies } from './client-address.ts';
import { collectGarbage } from './collect-garbage.ts';
import { type Arrival, ConnectionLimit } from './connection-limit.ts';
import type { Droppable } from './droppable.ts';
import { CpuMeter, diskPercent } from './machine-load.ts';
import { MemoryGuard } from './memory-guard.ts';
import { memoryUsageMb } from './memory-usage.ts';
import type { OriginRules } from './origins.ts';
import { LOOK_INTERVAL_MS, ResourceWatch } from './resource-watch.ts';
import type { ServerLimits } from './server-limits.ts';

/**
 * Handshakes a minute for each connection that an address may have: a whole audience comes back at
 * once when a node dies, and some of them try again.
 */
const HANDSHAKES_PER_PLACE = 3;
/** What is left of STREAM_TIMEOUT while the processors are busy: what hangs must not hold a slot then. */
const BUSY_STREAM_SHARE = 0.8;
/** Share of all requests under way, and of the connections for them, that one address may have. */
const REQUESTS_OF_ONE_ADDRESS = 0.5;

export interface LimitParts {
  readonly settings: Settings;
  readonly log: Logger;
  readonly cleanUps: CleanUps;
}

/** What limits everything on a node, put together from the settings. */
export interface Limits {
  readonly connections: ConnectionLimit;
  /** WebSockets of each address, by the address that a trusted proxy tells. */
  readonly addresses: AddressLimit;
  /** Connections of any kind of each peer that is no trusted proxy. */
  readonly peers: AddressLimit;
  readonly memory: MemoryGuard;
  readonly resources: ResourceWatch;
  readonly origins: OriginRules;
  readonly trusts: TrustsProxy;
  readonly server: ServerLimits;
  /** Throws `server_full` where there is no room for who comes. */
  admit(who: Arrival): void;
  /** How long an FFmpeg that was fed may give nothing, just now. */
  streamTimeoutMs(): number;
  /** Lets go of this from now on when memory is scarce. */
  mayDrop(droppable: Droppable): void;
}

/** Starts to look at memory, processors and disk; the rest is passive. Call it before anything else is started. */
export function createLimits({ settings, log, cleanUps }: LimitParts): Limits {
  const connections = new ConnectionLimit(settings.MAX_CONCURRENT_CONNECTIONS);
  const droppables: Droppable[] = [];
  const memory = new MemoryGuard({
    limitMb: settings.MEMORY_LIMIT_MB,
    droppables,
    collectGarbage,
    log,
  });
  const resources = new ResourceWatch(log);
  watchResources({ settings, memory, resources, log, cleanUps });
  const perAddress = settings.MAX_CONNECTIONS_PER_ADDRESS;
  return {
    connections,
    addresses: new AddressLimit({
      maxConnections: perAddress,
      perMinute: perAddress * HANDSHAKES_PER_PLACE,
    }),
    peers: new AddressLimit({
      maxConnections: perAddress + requestsOfOneAddress(settings),
    }),
    memory,
    resources,
    origins: {
      allowed: settings.ALLOWED_ORIGINS,
      loopbackOnly: staysOnThisMachine(settings),
    },
    trusts: trustedProxies(settings.TRUST_PROXY),
    server: {
      requestTimeoutMs: settings.REQUEST_TIMEOUT * 1000,
      maxConnections: settings.MAX_CONCURRENT_CONNECTIONS + settings.MAX_CONCURRENT_REQUESTS,
    },
    admit: (who) => {
      connections.admit(who);
      if (who === 'newcomer') memory.admit();
    },
    streamTimeoutMs: () =>
      settings.STREAM_TIMEOUT * 1000 * (resources.isBusy ? BUSY_STREAM_SHARE : 1),
    mayDrop: (droppable) => void droppables.push(droppable),
  };
}

/** Requests of one address that may be under way at the same time: others have places, too. */
export function requestsOfOneAddress({
  MAX_CONCURRENT_REQUESTS,
}: Pick<Settings, 'MAX_CONCURRENT_REQUESTS'>): number {
  return Math.ceil(MAX_CONCURRENT_REQUESTS * REQUESTS_OF_ONE_ADDRESS);
}

interface Watched {
  readonly settings: Settings;
  readonly memory: MemoryGuard;
  readonly resources: ResourceWatch;
  readonly log: Pick<Logger, 'error'>;
  readonly cleanUps: CleanUps;
}

function watchResources({ settings, memory, resources, log, cleanUps }: Watched): void {
  const children = new ChildProcesses();
  const cpu = new CpuMeter();
  const look = async (): Promise<void> => {
    memory.note(memoryUsageMb(children.pids));
    const disk = await diskPercent(settings.DATA_DIR);
    resources.note({ cpu: cpu.look(), memory: memory.usedPercent, disk });
  };
  const lookSafely = () => {
    look().catch((error: Error) =>
      log.error({ fault: error.name }, 'memory and load could not be looked at'),
    );
  };
  const timer = setInterval(lookSafely, LOOK_INTERVAL_MS);
  timer.unref();
  lookSafely();
  cleanUps.add(() => {
    clearInterval(timer);
    children.close();
  });
}
