import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';

/** Steps below normal on Linux' scale of niceness: behind the others, but never starved. */
const NICENESS = 5;

/**
 * Lets the calling worker thread stand back behind everything else on the machine: long
 * computations then never keep short ones (receiving audio, decoding it, sending captions) from
 * being done in time. On Linux a thread has a priority of its own; elsewhere nothing changes.
 */
export function yieldProcessor(): void {
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    setPriority(thread, Math.max(getPriority(), NICENESS));
  } catch {
    // Not a Linux, or not allowed: the thread takes its turn like any other.
  }
}
