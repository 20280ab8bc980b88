import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { diskError } from './disk-error.ts';

export interface FileLockOptions {
  readonly signal?: AbortSignal;
  /** Called once where another process holds the lock. */
  readonly onWait?: () => void;
  readonly pollMs?: number;
  /** A lock whose holder has not touched it for this long is nobody's. */
  readonly staleMs?: number;
}

const POLL_MS = 250;
const STALE_MS = 30_000;
/** The holder touches the lock this many times before it would count as stale. */
const TOUCHES_PER_STALE = 6;

/**
 * Runs `work` while holding a lock file, so that two processes do not do the same at once. The lock
 * of a process that died is taken over. Rejects with the signal's reason while waiting.
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  { signal, onWait, pollMs = POLL_MS, staleMs = STALE_MS }: FileLockOptions = {},
): Promise<T> {
  const token = `${process.pid} ${randomUUID()}`;
  for (let waited = false; !(await tryCreate(path, token)); waited = true) {
    signal?.throwIfAborted();
    if (await isStale(path, staleMs)) {
      await removeStale(path);
      continue;
    }
    if (!waited) onWait?.();
    await delay(pollMs, undefined, signal === undefined ? {} : { signal });
  }
  const touch = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {
      // Whoever took it for stale may have it: the work itself ends in an atomic rename.
    });
  }, staleMs / TOUCHES_PER_STALE);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    if ((await contentOf(path)) === token) await rm(path, { force: true });
  }
}

async function tryCreate(path: string, token: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(token);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw diskError(error, path);
  }
}

async function isStale(path: string, staleMs: number): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found === null) return false;
  if (Date.now() - found.mtimeMs > staleMs) return true;
  const pid = Number((await contentOf(path))?.split(' ')[0]);
  return Number.isInteger(pid) && pid > 0 && !isAlive(pid);
}

/** Moves the lock aside first, and back where it turns out to be a living process's new one. */
async function removeStale(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  const seen = await contentOf(path);
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  if ((await contentOf(aside)) !== seen) {
    await link(aside, path).catch(() => {
      // A third process has the lock by now, which is as good.
    });
  }
  await rm(aside, { force: true });
}

async function contentOf(path: string): Promise<string | null> {
  return await readFile(path, 'utf8').catch(() => null);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
