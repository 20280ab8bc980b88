import { readFileSync } from 'node:fs';

const BYTES_PER_MB = 2 ** 20;
const KB_PER_MB = 1024;
/** Far more than a node starts; what would be beyond is not counted. */
const MAX_PROCESSES = 4_096;
const OWN_MEMORY = /^RssAnon:\s+(\d+) kB$/m;

/**
 * Memory of this process, of those that it has started and of whatever those have started, in MB: all
 * that is resident of this one, and of the others what they share with nobody (fifty decoders share
 * their program). Where /proc tells nothing, this process alone.
 */
export function memoryUsageMb(childPids: readonly number[]): number {
  const children = withDescendants(childPids).reduce((sum, pid) => sum + ownMemoryMb(pid), 0);
  return process.memoryUsage.rss() / BYTES_PER_MB + children;
}

/** Apertium's programs are started by a shell. */
function withDescendants(pids: readonly number[]): readonly number[] {
  const found = new Set(pids);
  // What is added meanwhile is looked at, too.
  for (const pid of found) {
    for (const child of childrenOf(pid)) if (found.size < MAX_PROCESSES) found.add(child);
  }
  return [...found];
}

function childrenOf(pid: number): readonly number[] {
  try {
    const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return pids.split(' ').flatMap((text) => (text === '' ? [] : Number(text)));
  } catch {
    // It has ended, or the kernel does not tell.
    return [];
  }
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
