import {
  descendantsOf,
  machineSeconds,
  readProcess,
  residentMb,
  threadsOf,
} from './process-table.ts';

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
  const threads = threadsOf(pid);
  for (const { id, name, cpuSeconds } of threads) {
    own[id === pid ? 'server main thread' : threadStage(name)] += cpuSeconds;
  }
  // Threads that have ended are in the process' sum alone.
  const inThreads = threads.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  own['other threads'] += Math.max(0, root.cpuSeconds - inThreads);
  return {
    at: performance.timeOrigin + performance.now(),
    own,
    children: descendantsOf(root).map(({ pid: id, name, cpuSeconds, endedChildSeconds }) => ({
      id,
      stage: programStage(name),
      cpuSeconds: cpuSeconds + endedChildSeconds,
    })),
    rssMb: residentMb(pid),
    threads: threads.length,
    machineSeconds: machineSeconds(),
  };
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
