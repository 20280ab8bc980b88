import { readFile } from 'node:fs/promises';
import { processTreeCpu } from '../live/process-cpu.ts';

/** Processor seconds so far, by who used them; null where there is no /proc. */
export interface CpuReading {
  readonly at: number;
  /** The server's process with its threads. */
  readonly server: number;
  /** FFmpeg and Redis. */
  readonly serverChildren: number;
  /** The process that speaks, views and measures. */
  readonly generator: number;
  /** Everything on this machine. */
  readonly machine: number;
}

export interface CpuUse {
  readonly serverCores: number;
  readonly serverChildrenCores: number;
  readonly generatorCores: number;
  /** Programs that have nothing to do with the measurement. */
  readonly otherCores: number;
}

const TICKS_PER_SECOND = 100;
const MICROSECONDS_PER_SECOND = 1e6;
const MS_PER_SECOND = 1000;

export async function readCpu(serverPid: number): Promise<CpuReading | null> {
  const [tree, machine] = await Promise.all([processTreeCpu(serverPid), readMachine()]);
  if (tree === null || machine === null) return null;
  const { user, system } = process.cpuUsage();
  return {
    at: performance.now(),
    server: tree.ownSeconds,
    serverChildren: tree.childSeconds,
    generator: (user + system) / MICROSECONDS_PER_SECOND,
    machine,
  };
}

/** Cores in use between two readings. */
export function cpuBetween(before: CpuReading | null, after: CpuReading | null): CpuUse | null {
  if (before === null || after === null) return null;
  const seconds = (after.at - before.at) / MS_PER_SECOND;
  const cores = (read: (reading: CpuReading) => number) => (read(after) - read(before)) / seconds;
  const serverCores = cores(({ server }) => server);
  const serverChildrenCores = cores(({ serverChildren }) => serverChildren);
  const generatorCores = cores(({ generator }) => generator);
  const otherCores =
    cores(({ machine }) => machine) - serverCores - serverChildrenCores - generatorCores;
  return { serverCores, serverChildrenCores, generatorCores, otherCores: Math.max(0, otherCores) };
}

async function readMachine(): Promise<number | null> {
  const stat = await readFile('/proc/stat', 'utf8').catch(() => null);
  return stat === null ? null : busySeconds(stat);
}

/** The first line of /proc/stat: all but idle and waiting; guests are in the user's time already. */
export function busySeconds(stat: string): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, stolen = 0] =
    /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ').map(Number) ?? [];
  return (user + nice + system + irq + softIrq + stolen) / TICKS_PER_SECOND;
}
