import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../shared/errors.ts';
import { isAlive, runsIn } from './process-identity.ts';
import type { RedisAddress } from './redis/connections.ts';

/** A redis-server that is asked to stop is killed after this long; its file is synced anyway. */
export const STOP_TIMEOUT_MS = 5_000;
/** Above what thousands of rooms take; beyond, writes are refused rather than data evicted. */
export const MAX_MEMORY_MB = 1_024;
/** Below this size the append-only file is left as it is between compactions. */
const MIN_REWRITE_MB = 16;
const PID_FILE = 'redis.pid';
const PROGRAM = 'redis-server';
const POLL_MS = 20;
/** Lines of its log kept for the error when it does not start. */
const MAX_LOG_LINES = 10;

/** The configuration of a private server: every acknowledged write is on disk, nothing is evicted. */
export function privateRedisConfig(folder: string, address: RedisAddress): string {
  const place =
    address.path === undefined
      ? [`bind ${address.host}`, `port ${address.port}`, `requirepass ${address.password}`]
      : ['port 0', `unixsocket ${quoted(address.path)}`, 'unixsocketperm 700'];
  return [
    ...place,
    'daemonize no',
    `dir ${quoted(folder)}`,
    `pidfile ${quoted(join(folder, PID_FILE))}`,
    'appendonly yes',
    'appendfsync always',
    'no-appendfsync-on-rewrite no',
    `auto-aof-rewrite-min-size ${MIN_REWRITE_MB}mb`,
    'save ""',
    `maxmemory ${MAX_MEMORY_MB}mb`,
    'maxmemory-policy noeviction',
    '',
  ].join('\n');
}

/** Starts one process. Rejects with `program_missing` where there is no such binary. */
export async function spawnRedis(
  binary: string,
  config: string,
): Promise<{ child: ChildProcess; log: readonly string[] }> {
  // In a session of its own: Ctrl-C in a terminal must not reach it before the server has drained.
  const child = spawn(binary, ['-'], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log.push(...text.split('\n').filter((line) => line !== ''));
      log.splice(0, log.length - MAX_LOG_LINES);
    });
  }
  // A process that dies at once closes its input; its exit tells more than that error does.
  child.stdin.on('error', () => undefined);
  try {
    await once(child, 'spawn');
  } catch (cause) {
    throw new AppError(
      'program_missing',
      `Expected ${binary} to run, got ${(cause as NodeJS.ErrnoException).code}. Install it (Debian, ` +
        'Ubuntu: apt-get install redis-server; macOS: brew install redis), or set REDIS_URL.',
      { cause },
    );
  }
  child.stdin.end(config);
  return { child, log };
}

/** Ends a child of ours, by force after the limit; resolves when it is gone. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(killer);
}

/**
 * Ends a redis-server that a killed server left behind in this folder, and says whether there was
 * one. Two on the same files would ruin them, so nothing starts before it is gone.
 */
export async function stopOrphan(folder: string): Promise<boolean> {
  const pid = Number(await readFile(join(folder, PID_FILE), 'utf8').catch(() => ''));
  const ours = async () =>
    Number.isInteger(pid) &&
    pid > 0 &&
    (await isAlive(pid)) &&
    (await runsIn(pid, PROGRAM, folder));
  if (!(await ours())) return false;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    process.kill(pid, signal);
    const limit = performance.now() + STOP_TIMEOUT_MS;
    while (performance.now() < limit) {
      if (!(await ours())) return true;
      await delay(POLL_MS);
    }
  }
  throw new AppError(
    'internal',
    `Expected an earlier redis-server to stop, got process ${pid} that does not.`,
  );
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
