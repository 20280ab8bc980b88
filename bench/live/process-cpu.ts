import { readdir, readFile } from 'node:fs/promises';

/** Kernel ticks a second, as /proc counts them on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
/** Fields of /proc/PID/stat behind the name: user, system, and both of children that ended. */
const CPU_FIELDS = [11, 12, 13, 14];
const PARENT_FIELD = 1;

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
  let names: string[];
  try {
    names = await readdir('/proc');
  } catch {
    // Not a Linux: the figure is left out.
    return null;
  }
  const all = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(readTimes));
  const times = all.filter((each) => each !== null);
  const root = times.find((each) => each.pid === pid);
  if (root === undefined) return null;
  const tree = [root];
  for (const member of tree) tree.push(...times.filter((each) => each.parent === member.pid));
  const total = tree.reduce((sum, each) => sum + each.seconds, 0);
  return { ownSeconds: root.ownSeconds, childSeconds: total - root.ownSeconds };
}

async function readTimes(name: string): Promise<(ProcessTimes & { ownSeconds: number }) | null> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${name}/stat`, 'utf8');
  } catch {
    // It ended meanwhile.
    return null;
  }
  return parseStat(stat);
}

/** One line of /proc/PID/stat; the name in parentheses may hold anything. */
export function parseStat(stat: string): ProcessTimes & { ownSeconds: number } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = CPU_FIELDS.map((field) =>
    Number(fields[field]),
  );
  return {
    pid: Number.parseInt(stat, 10),
    parent: Number(fields[PARENT_FIELD]),
    ownSeconds: (user + system) / TICKS_PER_SECOND,
    seconds: (user + system + childUser + childSystem) / TICKS_PER_SECOND,
  };
}
