import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { childEnvironment } from '../../server/src/config/child-environment.ts';
import { serverProgram } from '../../server/src/testing/server-program.ts';

export interface ServeProcess {
  readonly url: string;
  readonly pid: number;
  readonly warnings: readonly string[];
  /** The end of what it wrote to its log. */
  log(): string;
  /** Sends a signal; nothing where the process is gone. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves when the process is gone, however that came. */
  readonly exited: Promise<void>;
  /** Ends the server and deletes its data. Idempotent. */
  stop(): Promise<void>;
}

/** Loading engines and starting Redis takes seconds; a busy machine takes several times that. */
const START_LIMIT_MS = 60_000;
/** The server ends itself within 15 s of the first signal. */
const STOP_LIMIT_MS = 20_000;
/** What is kept of the server's log, to be told when it dies. */
const MAX_TOLD_LOG_CHARS = 4_000;

/** Starts `parlance serve` with a data folder of its own, on a free port unless one is named. */
export async function startServeProcess(
  settings: Readonly<Record<string, string>> = {},
  port = 0,
): Promise<ServeProcess> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'parlance-bench-'));
  const args = [...serverProgram(), 'serve', '--port', `${port}`, '--json'];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: childEnvironment({
      DATA_DIR: dataFolder,
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      ...settings,
    }),
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-MAX_TOLD_LOG_CHARS);
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= endProcess(child).finally(() => rm(dataFolder, { recursive: true, force: true }));
    return stopping;
  };
  try {
    const { url, warnings } = await listening(child, () => log);
    if (child.pid === undefined) throw new Error('Expected a running server, got no process.');
    return {
      url,
      pid: child.pid,
      warnings,
      log: () => log,
      signal: (signal) => void child.kill(signal),
      exited,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Listening {
  readonly url: string;
  readonly warnings: readonly string[];
}

/** The server's line of JSON; rejects with the end of its log where it dies or hangs. */
async function listening(child: ChildProcess, log: () => string): Promise<Listening> {
  return await new Promise((resolve, reject) => {
    const limit = setTimeout(
      () =>
        reject(new Error(`Expected a server within ${START_LIMIT_MS / 1000} s, got:\n${log()}`)),
      START_LIMIT_MS,
    );
    const settle = (finish: () => void): void => {
      clearTimeout(limit);
      finish();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', (code, signal) =>
      settle(() => reject(new Error(`Expected a server, got exit ${code ?? signal}:\n${log()}`))),
    );
    if (child.stdout === null) return;
    createInterface(child.stdout).on('line', (line) => {
      const told = parseListening(line);
      if (told !== null) settle(() => resolve(told));
    });
  });
}

/** Null for every other line. */
export function parseListening(line: string): Listening | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    // Not every line a server prints is for programs.
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null) return null;
  if (!('type' in parsed) || parsed.type !== 'listening') return null;
  if (!('url' in parsed) || typeof parsed.url !== 'string') return null;
  const warnings = 'warnings' in parsed && Array.isArray(parsed.warnings) ? parsed.warnings : [];
  return { url: parsed.url, warnings: warnings.map(String) };
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  // A process that was stopped by a signal hears nothing before it goes on.
  child.kill('SIGCONT');
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(limit);
}
