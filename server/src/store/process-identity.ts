import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

/** What can be told about another process, on Linux from /proc, elsewhere from `ps`. */

/** True while the process runs; one that has exited and was not yet waited for does not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const state = (await statFields(pid))?.[0];
  return state !== 'Z' && state !== 'X';
}

/** When the process started, in the kernel's own unit; null where the system does not say. */
export async function startTicks(pid: number): Promise<string | null> {
  return (await statFields(pid))?.[19] ?? null;
}

/** True for a process of this program that works in this folder, as far as the system tells. */
export async function runsIn(pid: number, program: string, folder: string): Promise<boolean> {
  const [name, workingFolder] = await Promise.all([
    programName(pid),
    readlink(`/proc/${pid}/cwd`).catch(() => null),
  ]);
  if (name === null || !name.startsWith(program)) return false;
  return workingFolder === null || workingFolder === folder;
}

/** The fields of /proc/<pid>/stat from the third (state) on; the second may hold blanks. */
async function statFields(pid: number): Promise<readonly string[] | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

async function programName(pid: number): Promise<string | null> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => null);
  if (name !== null) return name.trim();
  try {
    const { stdout } = await promisify(execFile)('ps', ['-p', `${pid}`, '-o', 'comm=']);
    return basename(stdout.trim());
  } catch {
    // No such process, or no `ps`: nothing is known about it.
    return null;
  }
}
