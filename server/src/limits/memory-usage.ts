import { readFileSync } from 'node:fs';

const BYTES_PER_MB = 2 ** 20;
const KB_PER_MB = 1024;
const OWN_MEMORY = /^RssAnon:\s+(\d+) kB$/m;

/**
 * Memory of this process and of those that it has started, in MB: all that is resident of this one,
 * and of the others what they share with nobody (fifty decoders share their program). Where /proc
 * tells nothing, this process alone.
 */
export function memoryUsageMb(childPids: readonly number[]): number {
  const children = childPids.reduce((sum, pid) => sum + ownMemoryMb(pid), 0);
  return process.memoryUsage.rss() / BYTES_PER_MB + children;
}

/** Reading /proc touches no disk and takes some microseconds. */
function ownMemoryMb(pid: number): number {
  try {
    const [, kilobytes] = OWN_MEMORY.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) / KB_PER_MB;
  } catch {
    // It has ended, or there is no /proc.
    return 0;
  }
}
