import { statfs } from 'node:fs/promises';
import { cpus } from 'node:os';

/** Cores' times since the machine started, in milliseconds. */
interface CoreTimes {
  readonly idle: number;
  readonly all: number;
}

/** How busy all cores of the machine were between two looks, whoever used them. */
export class CpuMeter {
  readonly #read: () => CoreTimes;
  #last: CoreTimes;

  constructor(read: () => CoreTimes = coreTimes) {
    this.#read = read;
    this.#last = read();
  }

  /** Percent of all cores since the last call; 0 where no time has passed. */
  look(): number {
    const { idle, all } = this.#read();
    const passed = all - this.#last.all;
    const idlePassed = idle - this.#last.idle;
    this.#last = { idle, all };
    if (passed <= 0) return 0;
    return Math.min(100, Math.max(0, 100 * (1 - idlePassed / passed)));
  }
}

/** Percent of the disk below `folder` that is not free for this user; null where nobody tells. */
export async function diskPercent(folder: string): Promise<number | null> {
  try {
    const { blocks, bavail } = await statfs(folder);
    return blocks > 0 ? 100 * (1 - bavail / blocks) : null;
  } catch {
    // The folder is not there (yet), or its file system does not tell.
    return null;
  }
}

function coreTimes(): CoreTimes {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, all };
}
