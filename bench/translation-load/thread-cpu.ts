import { readdir, readFile } from 'node:fs/promises';
import { parseStat } from '../live/process-cpu.ts';

/** Threads of this process, by the kernel's numbers; null where there is no /proc. */
export async function threadIds(): Promise<ReadonlySet<number> | null> {
  try {
    return new Set((await readdir('/proc/self/task')).map(Number));
  } catch {
    // Not a Linux: the figure is left out.
    return null;
  }
}

/** Processor seconds of these threads of this process; those that ended count no more. */
export async function threadSeconds(ids: Iterable<number>): Promise<number> {
  const stats = await Promise.all(
    [...ids].map((id) => readFile(`/proc/self/task/${id}/stat`, 'utf8').catch(() => null)),
  );
  return stats.reduce((sum, stat) => sum + (stat === null ? 0 : parseStat(stat).ownSeconds), 0);
}
