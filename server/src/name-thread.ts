import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';

/** Longest name of a thread that Linux keeps. */
const MAX_NAME_BYTES = 15;

/**
 * Gives the calling worker thread the name it was started under, so that `top -H` and benchmarks
 * can tell what takes processor time. Does nothing where the system has no place for it.
 */
export function nameThread(): void {
  try {
    const name = basename(process.argv.at(-1) ?? '');
    writeFileSync('/proc/thread-self/comm', name.slice(0, MAX_NAME_BYTES));
  } catch {
    // Not a Linux: threads stay unnamed.
  }
}
