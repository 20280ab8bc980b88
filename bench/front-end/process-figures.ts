import { readdir, readFile } from 'node:fs/promises';

const NANOSECONDS = 1e9;
const KIB_PER_MB = 1024;

/** Memory of one process in megabytes. */
export interface ProcessMemory {
  /** With all shared libraries. */
  readonly rssMb: number;
  /** With its share of them. */
  readonly pssMb: number;
  /** Its alone. */
  readonly ownMb: number;
}

/** Processor seconds of all threads that are alive, to the nanosecond; null without a /proc. */
export async function cpuSeconds(pid: number): Promise<number | null> {
  try {
    const threads = await readdir(`/proc/${pid}/task`);
    const times = await Promise.all(
      threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')),
    );
    return times.reduce((sum, time) => sum + Number.parseInt(time, 10), 0) / NANOSECONDS;
  } catch {
    // Not a Linux, or the process ended: the figure is left out.
    return null;
  }
}

export async function memory(pid: number): Promise<ProcessMemory | null> {
  try {
    return parseMemory(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'));
  } catch {
    // The same.
    return null;
  }
}

/** Reads /proc/PID/smaps_rollup. */
export function parseMemory(rollup: string): ProcessMemory {
  const mb = (name: string): number =>
    Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(rollup)?.[1] ?? Number.NaN) / KIB_PER_MB;
  return { rssMb: mb('Rss'), pssMb: mb('Pss'), ownMb: mb('Private_Clean') + mb('Private_Dirty') };
}
