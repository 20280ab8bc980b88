import type { Logger } from 'pino';
import { Watermark } from './watermark.ts';

/** Percent from which on something is warned of, and below which all is well again. */
export const WARN_PERCENT = 80;
export const CALM_PERCENT = 70;
/** Processor time is judged over so many looks: a moment's work is no load. */
export const CPU_LOOKS = 6;
/** How often is looked. */
export const LOOK_INTERVAL_MS = 5_000;

/** Percent of what there is; null where the system does not tell. */
export interface Resources {
  readonly cpu: number;
  readonly memory: number;
  readonly disk: number | null;
}

type Resource = keyof Resources;
const RESOURCES: readonly Resource[] = ['cpu', 'memory', 'disk'];

/** Warns in the log, once, when CPU, memory or disk rise above 80 %, and tells when they are well again. */
export class ResourceWatch {
  readonly #log: Pick<Logger, 'warn' | 'info'>;
  readonly #marks: Readonly<Record<Resource, Watermark>> = {
    cpu: new Watermark(WARN_PERCENT, CALM_PERCENT),
    memory: new Watermark(WARN_PERCENT, CALM_PERCENT),
    disk: new Watermark(WARN_PERCENT, CALM_PERCENT),
  };
  readonly #cpuLooks: number[] = [];
  #levels: Resources = { cpu: 0, memory: 0, disk: null };

  constructor(log: Pick<Logger, 'warn' | 'info'>) {
    this.#log = log;
  }

  /** As of the last look, CPU as the mean of the last half minute. */
  get levels(): Resources {
    return this.#levels;
  }

  /** Whether the processors have been busier than 80 % for a while. */
  get isBusy(): boolean {
    return this.#marks.cpu.isHigh;
  }

  note(look: Resources): void {
    this.#cpuLooks.push(look.cpu);
    if (this.#cpuLooks.length > CPU_LOOKS) this.#cpuLooks.shift();
    const sum = this.#cpuLooks.reduce((total, percent) => total + percent, 0);
    // The looks that have not been yet count as idle: a start is no load.
    this.#levels = { ...look, cpu: sum / CPU_LOOKS };
    for (const resource of RESOURCES) this.#judge(resource, this.#levels[resource]);
  }

  #judge(resource: Resource, level: number | null): void {
    if (level === null) return;
    const facts = { resource, percent: Math.round(level) };
    const crossing = this.#marks[resource].note(level);
    if (crossing === 'risen') this.#log.warn(facts, `more than ${WARN_PERCENT} % is in use`);
    if (crossing === 'fallen') this.#log.info(facts, `less than ${CALM_PERCENT} % is in use again`);
  }
}
