import {
  NO_SECONDS,
  type ServerSample,
  STAGES,
  type Stage,
  type StageSeconds,
  sampleServer,
} from './process-stages.ts';

const SAMPLE_INTERVAL_MS = 1_000;

/** What a server has used since the watch began, by stage; children that ended included. */
export interface WatchedMoment {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly cpuSeconds: StageSeconds;
  readonly rssMb: number;
  readonly children: number;
  readonly threads: number;
  /** Of the whole machine, other work included. */
  readonly machineSeconds: number;
}

/** Adds samples up: a child that has ended keeps what it had used when it was last seen. */
export class StageLedger {
  #first: ServerSample | null = null;
  /** Seconds before the first sample are not counted. */
  readonly #children = new Map<number, { stage: Stage; before: number; used: number }>();

  add(sample: ServerSample): WatchedMoment {
    const { at, own, children, rssMb, threads } = sample;
    const known = this.#first !== null;
    this.#first ??= sample;
    const first = this.#first;
    for (const { id, stage, cpuSeconds } of children) {
      const before = this.#children.get(id)?.before ?? (known ? 0 : cpuSeconds);
      this.#children.set(id, { stage, before, used: cpuSeconds - before });
    }
    const seconds: Record<Stage, number> = { ...NO_SECONDS };
    for (const stage of STAGES) seconds[stage] = own[stage] - first.own[stage];
    for (const { stage, used } of this.#children.values()) seconds[stage] += used;
    const machineSeconds = sample.machineSeconds - first.machineSeconds;
    return { at, cpuSeconds: seconds, rssMb, children: children.length, threads, machineSeconds };
  }
}

/** Looks at a server once a second until it is closed. */
export class ServerWatch {
  readonly #moments: WatchedMoment[] = [];
  readonly #ledger = new StageLedger();
  readonly #pid: number;
  readonly #ticker: NodeJS.Timeout;

  constructor(pid: number) {
    this.#pid = pid;
    this.#look();
    this.#ticker = setInterval(() => this.#look(), SAMPLE_INTERVAL_MS);
  }

  /** Takes a last look and stops. Empty where the system has no /proc. */
  close(): readonly WatchedMoment[] {
    clearInterval(this.#ticker);
    this.#look();
    return this.#moments;
  }

  /** Cores in use in the last second, children included; null before the second look. */
  get cores(): number | null {
    const rate = stageRates(this.#moments.slice(-2)).at(-1);
    return rate === undefined ? null : totalSeconds(rate.cores);
  }

  #look(): void {
    const sample = sampleServer(this.#pid);
    if (sample !== null) this.#moments.push(this.#ledger.add(sample));
  }
}

export interface StageRate {
  /** Milliseconds since 1970, in the middle of the interval. */
  readonly at: number;
  /** Cores in use by stage. */
  readonly cores: StageSeconds;
  /** Cores that work which is no part of the server had: speakers, and whatever else runs. */
  readonly elsewhere: number;
}

/** Cores in use between each two moments. */
export function stageRates(moments: readonly WatchedMoment[]): StageRate[] {
  return moments.slice(1).map((after, index) => {
    const before = moments[index] ?? after;
    const wallSeconds = (after.at - before.at) / 1000 || 1;
    const cores: Record<Stage, number> = { ...NO_SECONDS };
    for (const stage of STAGES) {
      cores[stage] = (after.cpuSeconds[stage] - before.cpuSeconds[stage]) / wallSeconds;
    }
    const machine = (after.machineSeconds - before.machineSeconds) / wallSeconds;
    const elsewhere = Math.max(0, machine - totalSeconds(cores));
    return { at: (before.at + after.at) / 2, cores, elsewhere };
  });
}

export function totalSeconds(seconds: StageSeconds): number {
  return STAGES.reduce((sum, stage) => sum + seconds[stage], 0);
}
