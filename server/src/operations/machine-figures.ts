import { statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { CpuMeter } from '../limits/machine-load.ts';

const BYTES_PER_MIB = 2 ** 20;
const EVENT_LOOP_RESOLUTION_MS = 10;

export interface Disk {
  readonly total_mb: number;
  readonly free_mb: number;
  readonly used_percent: number;
}

/** What the machine and this process take, as of the last look. */
export interface MachineLook {
  /** All cores, everything that runs on them. */
  readonly cpuPercent: number;
  /** This process alone; 100 is one core. */
  readonly processCpuPercent: number;
  readonly eventLoopDelayMs: number;
  readonly cores: number;
  readonly disk: Disk | null;
}

/** Looks at the machine now and then; shares are of the time between two looks. */
export class MachineFigures {
  readonly #folder: string;
  readonly #delays: IntervalHistogram = monitorEventLoopDelay({
    resolution: EVENT_LOOP_RESOLUTION_MS,
  });
  readonly #cpu = new CpuMeter();
  #process = process.cpuUsage();
  #atMs = performance.now();

  /** `folder` lies on the disk that counts. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#delays.enable();
  }

  async look(): Promise<MachineLook> {
    const own = process.cpuUsage();
    const atMs = performance.now();
    const passedMs = atMs - this.#atMs;
    const ownMs = (own.user + own.system - this.#process.user - this.#process.system) / 1000;
    // The timer's own period is part of what it measures.
    const p99Ms = this.#delays.percentile(99) / 1e6 - EVENT_LOOP_RESOLUTION_MS;
    this.#delays.reset();
    this.#process = own;
    this.#atMs = atMs;
    return {
      cpuPercent: tenths(this.#cpu.look()),
      processCpuPercent: passedMs > 0 ? tenths((100 * ownMs) / passedMs) : 0,
      eventLoopDelayMs: tenths(Math.max(0, p99Ms)),
      cores: availableParallelism(),
      disk: await diskOf(this.#folder),
    };
  }

  close(): void {
    this.#delays.disable();
  }
}

/** Null where the system does not tell. */
async function diskOf(folder: string): Promise<Disk | null> {
  try {
    const { blocks, bavail, bsize } = await statfs(folder);
    if (blocks === 0) return null;
    return {
      total_mb: Math.round((blocks * bsize) / BYTES_PER_MIB),
      free_mb: Math.round((bavail * bsize) / BYTES_PER_MIB),
      used_percent: tenths(100 * (1 - bavail / blocks)),
    };
  } catch {
    return null;
  }
}

function tenths(value: number): number {
  return Math.max(0, Math.round(value * 10) / 10);
}
