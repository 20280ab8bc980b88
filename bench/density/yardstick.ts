import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { childEnvironment } from '../../server/src/config/child-environment.ts';
import { readSettings } from '../../server/src/config/settings.ts';
import { projectRoot } from '../../server/src/testing/speech-corpus.ts';

const run = promisify(execFile);

/** The last version whose package brings the very model that Parlance uses. */
const PACKAGE = 'moonshine-voice';
const VERSION = '0.0.62';
const INSTALL_LIMIT_MS = 600_000;
const IMPORT_LIMIT_MS = 60_000;
const TOLD_CHARS = 600;

/** What another streaming transcriber makes of one recording. */
export interface YardstickReading {
  readonly text: string;
  readonly cpuSeconds: number;
  /** Times that a reader saw another text. */
  readonly shown: number;
}

/** The yardstick cannot be had on this machine; the message says why, and what to do. */
export class YardstickMissing extends Error {
  override readonly name = 'YardstickMissing';
}

/** moonshine-voice's streaming transcriber, in a process of its own. */
export class Yardstick {
  static readonly label = `${PACKAGE} ${VERSION}`;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;
  readonly #lines: Interface;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child;
    this.#lines = createInterface(child.stdout);
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** Installs it where it is not yet; rejects with {@link YardstickMissing}. */
  static async start(progress: (line: string) => void): Promise<Yardstick> {
    const python = await installed(progress);
    const program = join(projectRoot(), 'bench', 'density', 'yardstick.py');
    const child = spawn(python, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    // A broken pipe shows as an answer that never comes.
    child.stdin.on('error', () => undefined);
    const yardstick = new Yardstick(child);
    await yardstick.#answer();
    return yardstick;
  }

  /** `pcm`: a file of 32-bit float samples, 16 kHz; `interval` seconds between two updates. */
  async read(pcm: string, interval: number): Promise<YardstickReading> {
    this.#child.stdin.write(`${JSON.stringify({ pcm, interval })}\n`);
    const answer = await this.#answer();
    const { text, cpu, shown } = answer;
    if (typeof text !== 'string' || typeof cpu !== 'number' || typeof shown !== 'number') {
      throw new Error(`Expected a reading of ${Yardstick.label}, got something else.`);
    }
    return { text, cpuSeconds: cpu, shown };
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#lines.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill();
    await exited;
  }

  async #answer(): Promise<Record<string, unknown>> {
    const line = await this.#answers.next();
    if (line.done === true) throw new Error(`${Yardstick.label} ended without an answer.`);
    const parsed: unknown = JSON.parse(line.value);
    if (typeof parsed !== 'object' || parsed === null) {
      throw new Error(`Expected an object of ${Yardstick.label}, got ${typeof parsed}.`);
    }
    return { ...parsed };
  }
}

/** The interpreter of a virtual environment of its own, with the package in it. */
async function installed(progress: (line: string) => void): Promise<string> {
  const folder = join(readSettings().PARLANCE_CACHE, 'bench', `${PACKAGE}-${VERSION}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python) && (await imports(python))) return python;
  progress(`Installing ${Yardstick.label} in ${folder}`);
  await mkdir(dirname(folder), { recursive: true });
  await step('python3', ['-m', 'venv', '--clear', folder], 'make a virtual environment');
  await step(
    python,
    [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
      ...['--only-binary=:all:', `${PACKAGE}==${VERSION}`],
    ],
    `install ${PACKAGE}==${VERSION}`,
  );
  if (await imports(python)) return python;
  throw new YardstickMissing(`${Yardstick.label} is installed in ${folder}, but does not load.`);
}

async function imports(python: string): Promise<boolean> {
  const options = { timeout: IMPORT_LIMIT_MS, env: childEnvironment({}) };
  return await run(python, ['-c', 'from moonshine_voice import Transcriber'], options).then(
    () => true,
    () => false,
  );
}

async function step(program: string, args: readonly string[], what: string): Promise<void> {
  try {
    await run(program, [...args], { timeout: INSTALL_LIMIT_MS, env: childEnvironment({}) });
  } catch (error) {
    const told = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    const reason = told === '' && error instanceof Error ? error.message : told;
    throw new YardstickMissing(`${program} could not ${what}: ${reason.slice(-TOLD_CHARS)}`, {
      cause: error,
    });
  }
}
