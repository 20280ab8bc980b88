import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../server/src/testing/speech-corpus.ts';

/** Engines load in seconds; a machine busy with other tests may need more. */
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;

/** A real server as users start it, with a data folder of its own. */
export interface ServerProcess {
  readonly url: string;
  /** What a speaker opens, as it was printed. */
  readonly links: readonly string[];
  readonly pid: number;
  /** What it wrote to standard error so far: its log. */
  log(): string;
  /** Ends it as Ctrl-C does and resolves with its exit code. Idempotent. */
  stop(): Promise<number | null>;
}

/** Starts `parlance serve` from the build on a free port. */
export async function startServer(
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<ServerProcess> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'parlance-e2e-'));
  const child = spawn(
    process.execPath,
    [join(projectRoot(), 'bin/parlance'), 'serve', '--port', '0', '--json', ...args],
    {
      env: { ...process.env, DATA_DIR: dataFolder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const { url, links } = await listening(child, () => log);
  let stopping: Promise<number | null> | null = null;
  const stop = async (): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      child.kill('SIGTERM');
      await exited;
      clearTimeout(limit);
    }
    await rm(dataFolder, { recursive: true, force: true });
    return child.exitCode;
  };
  return {
    url,
    links,
    pid: child.pid ?? 0,
    log: () => log,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

async function listening(
  child: ChildProcess,
  log: () => string,
): Promise<Pick<ServerProcess, 'url' | 'links'>> {
  if (child.stdout === null) throw new Error('Expected a pipe from the server, got none.');
  const lines = createInterface({ input: child.stdout });
  return await new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`Expected a listening server, got none in time:\n${log()}`));
    }, START_LIMIT_MS);
    child.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`Expected a listening server, got exit code ${code}:\n${log()}`));
    });
    lines.on('line', (line) => {
      const message = JSON.parse(line) as { type?: string; url?: string; links?: string[] };
      if (message.type !== 'listening' || message.url === undefined) return;
      clearTimeout(limit);
      resolve({ url: message.url, links: message.links ?? [] });
    });
  });
}
