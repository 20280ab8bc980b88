import { link, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { isAlive, startTicks } from './process-identity.ts';

const LOCK_FILE = 'server.lock';
/** Others may be taking over the same stale lock: each round somebody wins. */
const MAX_ATTEMPTS = 10;

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
      // A link appears whole or not at all, and never over another one.
      const taken = await link(draft, path).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      );
      if (taken) return () => rm(path, { force: true });
      const found = await readFile(path, 'utf8').catch(() => null);
      if (found === null) continue;
      const holder = readHolder(found);
      if (holder !== null && (await holds(holder))) throw inUse(holder.pid);
      await discard(path, found);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw inUse(null);
}

/** Moves a stale lock away; where somebody else's new one was caught instead, puts it back. */
async function discard(path: string, stale: string): Promise<void> {
  const aside = `${path}.stale.${process.pid}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path);
    await unlink(aside);
  } catch {
    // Another process was faster; the next round sees its lock.
  }
}

async function holds(holder: Holder): Promise<boolean> {
  if (!(await isAlive(holder.pid))) return false;
  return holder.startTicks === null || holder.startTicks === (await startTicks(holder.pid));
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

function inUse(pid: number | null): AppError {
  const by = pid === null ? 'another server' : `process ${pid}`;
  return new AppError(
    'invalid_setting',
    `Expected a data folder of its own, got one in use by ${by}: stop it, or set DATA_DIR.`,
  );
}
