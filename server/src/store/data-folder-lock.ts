import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../shared/errors.ts';
import { isAlive, startTicks } from './process-identity.ts';

const LOCK_FILE = 'server.lock';
/** Others may be taking over the same stale lock; that takes milliseconds. */
const MAX_ATTEMPTS = 50;
const RETRY_MS = 20;

interface Holder {
  readonly pid: number;
  /** Tells a process from a later one with the same number; null where the system does not say. */
  readonly startTicks: string | null;
}

/**
 * Makes this process the only one to use a data folder, and returns what gives it up again.
 * A lock whose process is gone is taken over. Rejects with `invalid_setting` while it lives.
 */
export async function lockDataFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, LOCK_FILE);
  const own: Holder = { pid: process.pid, startTicks: await startTicks(process.pid) };
  const draft = `${path}.${process.pid}.${performance.now()}`;
  await writeFile(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      if (await appears(draft, path)) return () => rm(path, { force: true });
      const found = await readFile(path, 'utf8').catch(() => null);
      if (found === null) continue;
      const holder = await livingHolder(found);
      if (holder !== null) throw inUse(`process ${holder.pid}`);
      if (!(await discard(path, found, draft))) await delay(RETRY_MS);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw inUse('another server');
}

/** The process that uses a data folder just now, or null. */
export async function folderHolder(folder: string): Promise<number | null> {
  const found = await readFile(join(folder, LOCK_FILE), 'utf8').catch(() => null);
  const holder = found === null ? null : await livingHolder(found);
  return holder?.pid ?? null;
}

/** A link appears whole or not at all, and never in the place of another one. */
async function appears(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a stale lock, and only that one: who does so holds a lock of its own meanwhile, or a
 * slower process would remove what a faster one has put there.
 */
async function discard(path: string, stale: string, draft: string): Promise<boolean> {
  const takeover = `${path}.takeover`;
  if (!(await appears(draft, takeover))) {
    const other = await readFile(takeover, 'utf8').catch(() => null);
    // Left by a process that died in the midst of this.
    if (other !== null && (await livingHolder(other)) === null) await rm(takeover, { force: true });
    return false;
  }
  try {
    const found = await readFile(path, 'utf8').catch(() => null);
    if (found === stale) await rm(path, { force: true });
  } finally {
    await rm(takeover, { force: true });
  }
  return true;
}

/** Who wrote this, if that process still runs. */
async function livingHolder(text: string): Promise<Holder | null> {
  const holder = readHolder(text);
  if (holder === null || !(await isAlive(holder.pid))) return null;
  if (holder.startTicks === null) return holder;
  return holder.startTicks === (await startTicks(holder.pid)) ? holder : null;
}

function readHolder(text: string): Holder | null {
  try {
    const { pid, startTicks: ticks }: { pid?: unknown; startTicks?: unknown } = JSON.parse(text);
    return typeof pid === 'number' && Number.isInteger(pid) && pid > 0
      ? { pid, startTicks: typeof ticks === 'string' ? ticks : null }
      : null;
  } catch {
    // A file that no server wrote holds no lock.
    return null;
  }
}

function inUse(by: string): AppError {
  return new AppError(
    'invalid_setting',
    `Expected a data folder of its own, got one in use by ${by}: stop it, or set DATA_DIR.`,
  );
}
