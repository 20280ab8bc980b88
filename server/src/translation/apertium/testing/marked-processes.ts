import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

export interface MarkedProcess {
  readonly pid: number;
  readonly group: number;
  /** The program and its arguments, separated by blanks. */
  readonly command: string;
}

/**
 * Finds the processes of one translator among all others, orphans too: a folder that exists nowhere
 * is put on their PATH, and their environment tells (Linux, /proc).
 */
export class ProcessMark {
  readonly folder = `/nowhere/${randomUUID()}`;

  /** The shells that head a pipeline. */
  async shells(): Promise<MarkedProcess[]> {
    return (await this.find()).filter(isShell);
  }

  /** The programs of a pipeline whose command line holds `part`. */
  async programs(part: string): Promise<MarkedProcess[]> {
    return (await this.find()).filter((each) => !isShell(each) && each.command.includes(part));
  }

  async find(): Promise<MarkedProcess[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(pids.map((pid) => this.#read(Number(pid))));
    return found.filter((process) => process !== null);
  }

  async #read(pid: number): Promise<MarkedProcess | null> {
    try {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
      if (!environment.includes(this.folder)) return null;
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      const [, group] = /\) \S \d+ (\d+)/.exec(stat) ?? [];
      return { pid, group: Number(group), command: command.replaceAll('\0', ' ') };
    } catch {
      // Gone meanwhile, or somebody else's.
      return null;
    }
  }
}

/** A program that the shell has forked looks like the shell until it begins; only one heads the group. */
function isShell({ pid, group, command }: MarkedProcess): boolean {
  return pid === group && command.startsWith('/bin/sh ');
}
