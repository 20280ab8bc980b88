import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readSettings } from '../config/settings.ts';

/** From PyPI, MIT licence. */
const VERSION = '4.32.5';
const run = promisify(execFile);

/** A program and what comes before its own arguments. */
export type FoundProgram =
  | { readonly kind: 'found'; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: 'missing'; readonly why: string };

/**
 * Schemathesis, in a virtual environment of its own below PARLANCE_CACHE; installed where it is not
 * there yet.
 */
export async function findSchemathesis(): Promise<FoundProgram> {
  const tools = join(readSettings().PARLANCE_CACHE, 'test-tools');
  const folder = join(tools, `schemathesis-${VERSION}`);
  if (!existsSync(folder)) {
    try {
      await run('python3', ['-m', 'pip', '--version']);
    } catch {
      return { kind: 'missing', why: 'Expected python3 with pip for schemathesis, got none.' };
    }
    await install(tools, folder);
  }
  // Not by its script, which names the folder that it was made in.
  const start = 'import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())';
  return { kind: 'found', command: join(folder, 'bin/python'), args: ['-c', start] };
}

/** Appears in one step, so that what was interrupted is never taken for whole. */
async function install(tools: string, folder: string): Promise<void> {
  await mkdir(tools, { recursive: true });
  const building = await mkdtemp(join(tools, 'building-'));
  try {
    await run('python3', ['-m', 'venv', '--without-pip', building]);
    const python = join(building, 'bin/python');
    await run('python3', [
      ...['-m', 'pip', '--python', python, 'install', '--quiet', '--disable-pip-version-check'],
      `schemathesis==${VERSION}`,
    ]);
    await rename(building, folder);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
