import { readdirSync, readFileSync } from 'node:fs';

/** What Linux tells of processes. Whatever is not there, or ended meanwhile, reads as nothing. */

/** Kernel ticks a second, as /proc counts them on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const KIB_PER_MB = 1024;
const NANOSECONDS = 1e9;

export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Of all its threads, those that ended included. */
  readonly cpuSeconds: number;
  /** Of children that have ended and were waited for. */
  readonly endedChildSeconds: number;
}

export interface SeenThread {
  readonly id: number;
  readonly name: string;
  readonly cpuSeconds: number;
}

export function readProcess(pid: number): SeenProcess | null {
  const stat = readOr(`/proc/${pid}/stat`, '');
  return stat === '' ? null : parseProcess(stat);
}

/** One line of /proc/PID/stat; the name in parentheses may hold anything. */
export function parseProcess(stat: string): SeenProcess {
  const nameEnd = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnd + 2).split(' ');
  const ticks = (field: number): number => Number(fields[field] ?? 0) / TICKS_PER_SECOND;
  return {
    pid: Number.parseInt(stat, 10),
    name: stat.slice(stat.indexOf('(') + 1, nameEnd),
    parent: Number(fields[1]),
    cpuSeconds: ticks(11) + ticks(12),
    endedChildSeconds: ticks(13) + ticks(14),
  };
}

/** All that a process started, and what that started. */
export function descendantsOf(root: SeenProcess): SeenProcess[] {
  const all = numericNames('/proc')
    .map(readProcess)
    .filter((each) => each !== null);
  const tree: SeenProcess[] = [root];
  for (const member of tree) tree.push(...all.filter(({ parent }) => parent === member.pid));
  return tree.slice(1);
}

/** Its running threads; the first one has the id of the process. */
export function threadsOf(pid: number): SeenThread[] {
  return numericNames(`/proc/${pid}/task`).map((id) => {
    const path = `/proc/${pid}/task/${id}`;
    const used = Number.parseInt(readOr(`${path}/schedstat`, '0'), 10);
    return { id, name: readOr(`${path}/comm`, '').trim(), cpuSeconds: used / NANOSECONDS };
  });
}

/** Resident memory of one process. */
export function residentMb(pid: number): number {
  return memoryKb(`/proc/${pid}/status`, 'VmRSS') / KIB_PER_MB;
}

/** Memory of a process with all it started, each counted with its share of what they have in common. */
export function proportionalMb(pid: number): number | null {
  const root = readProcess(pid);
  if (root === null) return null;
  const pids = [pid, ...descendantsOf(root).map((child) => child.pid)];
  const kb = pids.map((each) => memoryKb(`/proc/${each}/smaps_rollup`, 'Pss'));
  return kb.reduce((sum, each) => sum + each, 0) / KIB_PER_MB;
}

/** Open files of one process, or null. */
export function openFiles(pid: number): number | null {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    // Not a Linux, or it ended.
    return null;
  }
}

/** Busy seconds of all cores since the machine began. */
export function machineSeconds(): number {
  return parseMachine(readOr('/proc/stat', ''));
}

/** The first line of /proc/stat; what other guests of the host took counts as busy. */
export function parseMachine(stat: string): number {
  const [, user = 0, nice = 0, system = 0, , , interrupts = 0, soft = 0, stolen = 0] = (
    stat.split('\n', 1)[0] ?? ''
  )
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + interrupts + soft + stolen) / TICKS_PER_SECOND;
}

function numericNames(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    // Not a Linux, or the process ended.
    return [];
  }
}

function memoryKb(path: string, name: string): number {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readOr(path, ''));
  return Number(line?.[1] ?? 0);
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not a Linux, or it ended meanwhile.
    return otherwise;
  }
}
