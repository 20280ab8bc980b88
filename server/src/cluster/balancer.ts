import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { AppError } from '../../../shared/errors.ts';
import { isAlive, runsIn } from '../store/process-identity.ts';
import { type BalancerPlace, FAIL_TIMEOUT_S, writeBalancerFiles } from './balancer-files.ts';
import { type ProcessReport, SupervisedProcess } from './supervised-process.ts';

const PROGRAM = 'nginx';
/** Debian keeps it where only root's PATH leads. */
const ELSEWHERE = '/usr/sbin/nginx';
const PID_FILE = 'nginx.pid';
/** Its connections are closed by then: nginx itself has nothing to wait for. */
const LEAVE_LIMIT_MS = 5_000;
const PROBE_LIMIT_MS = 1_000;
const POLL_MS = 20;
/** nginx counts in whole seconds. */
const REDISCOVER_MS = (FAIL_TIMEOUT_S + 2) * 1000;
const REDISCOVER_PAUSE_MS = 250;

export interface BalancerOptions extends BalancerPlace {
  readonly folder: string;
  /** The project's nginx.conf. */
  readonly template: string;
  readonly binary?: string;
  readonly report: ProcessReport;
}

/** A real nginx in front of nodes on this machine. */
export class Balancer {
  readonly url: string;
  readonly #process: SupervisedProcess;

  private constructor(url: string, process: SupervisedProcess) {
    this.url = url;
    this.#process = process;
  }

  /**
   * Rejects with `program_missing`, `port_in_use`, or `invalid_setting` and what nginx says of its
   * files. An nginx that a killed cluster left behind in this folder is ended first.
   */
  static async start(options: BalancerOptions): Promise<Balancer> {
    const { template, report, host, port, tls } = options;
    const binary = options.binary ?? (await findNginx());
    await writeBalancerFiles(options.folder, template, {
      ...options,
      ...(tls === undefined ? {} : { tls: { cert: resolve(tls.cert), key: resolve(tls.key) } }),
    });
    const folder = await realpath(options.folder);
    await endOrphan(folder);
    await claimPort(host, port);
    const args = ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')];
    await checkFiles(binary, args);
    const url = `${tls === undefined ? 'http' : 'https'}://${reachable(host)}:${port}`;
    const supervised = new SupervisedProcess({
      name: PROGRAM,
      // In a session of its own: Ctrl-C must not reach it before the nodes have drained.
      spawn: () =>
        spawn(binary, args, {
          cwd: folder,
          detached: true,
          stdio: ['ignore', 'ignore', 'inherit'],
        }),
      probe: () => answers(`${url}/balancer`),
      leaveLimitMs: LEAVE_LIMIT_MS,
      report,
    });
    await supervised.start();
    return new Balancer(url, supervised);
  }

  /** Null while none runs. */
  get pid(): number | null {
    return this.#process.pid;
  }

  /** Reads its files again; connections stay. */
  reload(): void {
    this.#process.signal('SIGHUP');
  }

  /**
   * Makes nginx find out that a node is back. It lets one request through each time its time is over, and
   * only one that has ended well makes the node count again: a WebSocket would take hours to tell.
   */
  async rediscover(signal: AbortSignal): Promise<void> {
    const until = performance.now() + REDISCOVER_MS;
    while (performance.now() < until && !signal.aborted) {
      await answers(`${this.url}/health`);
      await delay(REDISCOVER_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.#process.close();
  }
}

async function findNginx(): Promise<string> {
  const version = async (binary: string) => await promisify(execFile)(binary, ['-v']);
  try {
    await version(PROGRAM);
    return PROGRAM;
  } catch (cause) {
    if (existsSync(ELSEWHERE)) return ELSEWHERE;
    throw missing(PROGRAM, cause);
  }
}

function missing(binary: string, cause: unknown): AppError {
  const { code = 'a failure' } = cause as NodeJS.ErrnoException;
  return new AppError(
    'program_missing',
    `Expected ${binary} to run, got ${code}. Install it (Debian, Ubuntu: apt-get install nginx; ` +
      'macOS: brew install nginx), or name it with NGINX_BIN.',
    { cause },
  );
}

/** Has nginx look at its files before it is started for good. */
async function checkFiles(binary: string, args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(binary, [...args, '-t', '-q']);
  } catch (cause) {
    const { code, stderr = '' } = cause as { code?: unknown; stderr?: string };
    if (typeof code !== 'number') throw missing(binary, cause);
    throw new AppError(
      'invalid_setting',
      `Expected files that nginx takes, got: ${stderr.trim()}`,
      {
        cause,
      },
    );
  }
}

/** Rejects with `port_in_use`; nginx itself would try for a while, and others might answer meanwhile. */
async function claimPort(host: string, port: number): Promise<void> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new AppError(
      'port_in_use',
      `Port ${port} is taken by another program. Choose another with --port, or stop that program.`,
      { cause },
    );
  }
  server.close();
  await once(server, 'close');
}

async function endOrphan(folder: string): Promise<void> {
  const pid = Number(await readFile(join(folder, PID_FILE), 'utf8').catch(() => ''));
  const lives = async () =>
    Number.isInteger(pid) &&
    pid > 0 &&
    (await isAlive(pid)) &&
    (await runsIn(pid, PROGRAM, folder));
  if (!(await lives())) return;
  process.kill(-pid, 'SIGTERM');
  const limit = performance.now() + LEAVE_LIMIT_MS;
  while ((await lives()) && performance.now() < limit) await delay(POLL_MS);
}

/** Where this machine itself reaches what listens on an address. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** Whether something answers there with success; whose certificate it shows does not matter here. */
export function answers(url: string): Promise<boolean> {
  const ask = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolveAnswer) => {
    const sent = ask(url, { rejectUnauthorized: false, timeout: PROBE_LIMIT_MS }, (response) => {
      response.resume();
      const { statusCode = 500 } = response;
      resolveAnswer(statusCode >= 200 && statusCode < 300);
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolveAnswer(false));
    sent.end();
  });
}
