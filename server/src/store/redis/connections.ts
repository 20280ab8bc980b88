import { Redis, type RedisOptions } from 'ioredis';
import { AppError } from '../../../../shared/errors.ts';
import { storeUnavailable } from '../store-checks.ts';

export type RedisAddress = Pick<
  RedisOptions,
  'path' | 'host' | 'port' | 'username' | 'password' | 'db' | 'tls'
>;
/** Where Redis is: a URL (redis:, rediss:, unix:), or the address of a private server. */
export type RedisTarget = string | RedisAddress;

/** A first connection takes at most this long. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** A command without an answer for this long counts as failed; fsync on a busy disk fits. */
export const COMMAND_TIMEOUT_MS = 3_000;
/** A connection that stays silent for this long while an answer is due is given up. */
export const SILENT_SOCKET_MS = 4_000;
/** A read that asks to be blocked for ever is given up after this long. */
const BLOCKING_TIMEOUT_MS = 60_000;
/** Pauses between attempts to connect. */
export const RECONNECT_MIN_MS = 50;
export const RECONNECT_MAX_MS = 1_000;
/** A server that does not answer a goodbye is not waited for longer than this. */
const DISCONNECT_TIMEOUT_MS = 250;

export type ConnectionRole = 'commands' | 'tail' | 'publisher' | 'subscriber';

/** How a connection fares; `reason` is a code such as ECONNREFUSED. */
export type ConnectionReport = (event: {
  readonly role: ConnectionRole;
  readonly state: 'ready' | 'lost';
  readonly reason: string;
}) => void;

/**
 * Opens a connection that fails fast: nothing is queued while Redis is away, and what was under
 * way when a connection broke is rejected at once and not sent again by itself.
 */
export function openConnection(
  target: RedisTarget,
  role: ConnectionRole,
  report: ConnectionReport = () => undefined,
): Redis {
  // A subscriber and a blocking reader have no answers due, so only the others are timed.
  const timed = role === 'commands' || role === 'publisher';
  const options: Omit<RedisOptions, 'replyMapping'> = {
    connectionName: `parlance-${role}`,
    connectTimeout: COMMAND_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    retryStrategy: reconnectDelayMs,
    // After a failover the old address may lead to a replica until somebody connects anew.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    // ioredis adds the grace to the time that a read asks to be blocked for.
    ...(role === 'tail'
      ? { blockingTimeout: BLOCKING_TIMEOUT_MS, blockingTimeoutGrace: COMMAND_TIMEOUT_MS }
      : {}),
    ...(timed ? { commandTimeout: COMMAND_TIMEOUT_MS, socketTimeout: SILENT_SOCKET_MS } : {}),
  };
  const redis =
    typeof target === 'string'
      ? new Redis(socketPath(target) ?? target, options)
      : new Redis({ ...target, ...options });
  let reason = 'closed';
  redis.on('error', (error: NodeJS.ErrnoException) => {
    reason = failureReason(error);
  });
  redis.on('ready', () => report({ role, state: 'ready', reason: 'connected' }));
  redis.on('close', () => report({ role, state: 'lost', reason }));
  return redis;
}

/** Resolves once the connection is ready; rejects with `store_unavailable` after the time limit. */
export async function connectionReady(redis: Redis, timeoutMs = CONNECT_TIMEOUT_MS): Promise<void> {
  if (redis.status === 'ready') return;
  let reason = 'no connection yet';
  const note = (error: NodeJS.ErrnoException): void => {
    reason = failureReason(error);
  };
  const settled = new AbortController();
  redis.on('error', note);
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(reject, timeoutMs);
      redis.once('ready', resolve).once('end', reject);
      settled.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        redis.off('ready', resolve).off('end', reject).off('error', note);
      });
    });
  } catch {
    throw storeUnavailable(`${reason}, waited ${timeoutMs} ms for a first connection`);
  } finally {
    settled.abort();
  }
}

/** Closes for good, whatever state the connection is in; leaves no socket or timer. */
export async function closeConnection(redis: Redis): Promise<void> {
  if (redis.status === 'end') return;
  // Between two attempts there is no socket, and ioredis then never says that it ended.
  const ended =
    redis.status === 'reconnecting'
      ? Promise.resolve()
      : new Promise<void>((resolve) => redis.once('end', resolve));
  redis.disconnect();
  await ended;
}

/**
 * Translates what ioredis throws. The original is not passed on as cause: it carries the command
 * with its arguments, and with them what somebody said (INV7).
 */
export function redisFailure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const name = error instanceof Error ? error.name : '';
  const message = error instanceof Error ? error.message : '';
  if (name !== 'ReplyError') return storeUnavailable(failureReason(error));
  const [code = 'ERR'] = /^[A-Z]+/.exec(message) ?? [];
  if (AWAY_REPLIES.has(code)) return storeUnavailable(code);
  const [line = ''] = /user_script:\d+/.exec(message) ?? [];
  return new AppError('internal', `Redis refused a command of the store (${code} ${line}).`);
}

/** Replies of a server that is there but cannot serve just now, or not this node. */
const AWAY_REPLIES = new Set([
  'LOADING',
  'READONLY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'BUSY',
  'OOM',
  'MISCONF',
  'NOREPLICAS',
  'NOAUTH',
  'WRONGPASS',
  'NOPERM',
  'UNBLOCKED',
]);

function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error.message.startsWith('Command timed out')) return 'timeout';
  const [code] = /^[A-Z]{4,}\b/.exec(error.message) ?? [];
  return code ?? 'disconnected';
}

/** Doubling pauses with jitter, so that a cluster's nodes do not come back in one beat. */
function reconnectDelayMs(attempt: number): number {
  const pauseMs = Math.min(RECONNECT_MIN_MS * 2 ** (attempt - 1), RECONNECT_MAX_MS);
  return Math.round(pauseMs * (0.75 + Math.random() / 2));
}

/** ioredis takes a socket as a bare path, with options behind a question mark. */
function socketPath(url: string): string | null {
  if (!url.startsWith('unix:')) return null;
  const { pathname, search } = new URL(url);
  return decodeURIComponent(pathname) + search;
}
