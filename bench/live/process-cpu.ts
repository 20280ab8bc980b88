import { descendantsOf, parseProcess, readProcess, type SeenProcess } from './process-table.ts';

interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  readonly seconds: number;
}

/** Processor seconds of one process with all that it started. */
export interface TreeCpu {
  /** The process alone, with its threads. */
  readonly ownSeconds: number;
  /** Its children and theirs, those that ended included. */
  readonly childSeconds: number;
}

/** Reads /proc; null where there is none or the process is gone. */
export async function processTreeCpu(pid: number): Promise<TreeCpu | null> {
  const root = readProcess(pid);
  if (root === null) return null;
  const tree = [root, ...descendantsOf(root)].map(timesOf);
  const total = tree.reduce((sum, { seconds }) => sum + seconds, 0);
  return { ownSeconds: root.cpuSeconds, childSeconds: total - root.cpuSeconds };
}

/** One line of /proc/PID/stat. */
export function parseStat(stat: string): ProcessTimes & { ownSeconds: number } {
  return timesOf(parseProcess(stat));
}

function timesOf({
  pid,
  parent,
  cpuSeconds,
  endedChildSeconds,
}: SeenProcess): ProcessTimes & { ownSeconds: number } {
  return { pid, parent, ownSeconds: cpuSeconds, seconds: cpuSeconds + endedChildSeconds };
}
