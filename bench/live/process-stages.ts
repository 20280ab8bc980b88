import { readdirSync, readFileSync } from 'node:fs';

/** Kernel ticks a second, as /proc counts them on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const KIB_PER_MB = 1024;
const NANOSECONDS = 1e9;

/** What a server's processor time goes to. */
export const STAGES = [
  'recognition',
  'voice activity',
  'server main thread',
  'other threads',
  'FFmpeg',
  'translation',
  'Redis',
  'other processes',
] as const;
export type Stage = (typeof STAGES)[number];
export type StageSeconds = Readonly<Record<Stage, number>>;

/** Threads of the server by the name they gave themselves (name-thread.ts). */
const THREAD_STAGES: readonly (readonly [RegExp, Stage])[] = [
  [/^(moonshine|sherpa|recogni)/, 'recognition'],
  [/^(silero|detector)/, 'voice activity'],
  [/^(bergamot|translat)/, 'translation'],
];
/** Programs that it starts. */
const PROGRAM_STAGES: readonly (readonly [RegExp, Stage])[] = [
  [/^ffmpeg/, 'FFmpeg'],
  [/^redis/, 'Redis'],
  [/^(apertium|lt-|lrx|cg-|rtx|bash|sh|perl|python|hfst|postgen|sed)/, 'translation'],
];

interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly cpuSeconds: number;
  /** Of children that have ended and were waited for. */
  readonly endedChildSeconds: number;
}

export interface ServerSample {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Processor seconds of the server's own threads since it began. */
  readonly own: StageSeconds;
  /** What it started and still runs. */
  readonly children: readonly ChildUse[];
  /** Resident memory of the server's own process. */
  readonly rssMb: number;
  readonly threads: number;
  /** Processor seconds of the whole machine since it began, other work included. */
  readonly machineSeconds: number;
}

export interface ChildUse {
  readonly id: number;
  readonly stage: Stage;
  readonly cpuSeconds: number;
}

/** What a running server and everything it started have used so far; null without a /proc. */
export function sampleServer(pid: number): ServerSample | null {
  const root = readProcess(pid);
  if (root === null) return null;
  const own: Record<Stage, number> = { ...NO_SECONDS };
  let inThreads = 0;
  const threads = numericNames(`/proc/${pid}/task`);
  for (const thread of threads) {
    const path = `/proc/${pid}/task/${thread}`;
    const used = Number.parseInt(readOr(`${path}/schedstat`, '0'), 10) / NANOSECONDS;
    const stage = thread === pid ? 'server main thread' : threadStage(readOr(`${path}/comm`, ''));
    own[stage] += used;
    inThreads += used;
  }
  // Threads that have ended are in the process' sum alone.
  own['other threads'] += Math.max(0, root.cpuSeconds - inThreads);
  const children = descendants(root).map(({ pid: id, name, cpuSeconds, endedChildSeconds }) => ({
    id,
    stage: programStage(name),
    cpuSeconds: cpuSeconds + endedChildSeconds,
  }));
  return {
    at: performance.timeOrigin + performance.now(),
    own,
    children,
    rssMb: processMemoryMb(pid),
    threads: threads.length,
    machineSeconds: parseMachine(readOr('/proc/stat', '')),
  };
}

/** Busy seconds of all cores, and those that other guests of the host took: first line of /proc/stat. */
export function parseMachine(stat: string): number {
  const [, user = 0, nice = 0, system = 0, , , interrupts = 0, soft = 0, stolen = 0] = (
    stat.split('\n', 1)[0] ?? ''
  )
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + interrupts + soft + stolen) / TICKS_PER_SECOND;
}

export const NO_SECONDS: StageSeconds = {
  recognition: 0,
  'voice activity': 0,
  'server main thread': 0,
  'other threads': 0,
  FFmpeg: 0,
  translation: 0,
  Redis: 0,
  'other processes': 0,
};

export function threadStage(name: string): Stage {
  return THREAD_STAGES.find(([pattern]) => pattern.test(name))?.[1] ?? 'other threads';
}

export function programStage(name: string): Stage {
  return PROGRAM_STAGES.find(([pattern]) => pattern.test(name))?.[1] ?? 'other processes';
}

/** Memory of the server with its children, each counted with its share of what they have in common. */
export function proportionalMemoryMb(pid: number): number | null {
  const root = readProcess(pid);
  if (root === null) return null;
  const pids = [pid, ...descendants(root).map((child) => child.pid)];
  const kb = pids.map((each) => memoryKb(`/proc/${each}/smaps_rollup`, 'Pss'));
  return kb.reduce((sum, each) => sum + each, 0) / KIB_PER_MB;
}

/** Resident memory of one process; 0 where there is none. */
export function processMemoryMb(pid: number): number {
  return memoryKb(`/proc/${pid}/status`, 'VmRSS') / KIB_PER_MB;
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

function descendants(root: SeenProcess): SeenProcess[] {
  const all = numericNames('/proc')
    .map(readProcess)
    .filter((each) => each !== null);
  const tree: SeenProcess[] = [root];
  for (const member of tree) tree.push(...all.filter(({ parent }) => parent === member.pid));
  return tree.slice(1);
}

function readProcess(pid: number): SeenProcess | null {
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
