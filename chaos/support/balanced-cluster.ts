import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningCommand, startCommand } from '../../server/src/cli/testing/run-command.ts';
import { waitFor } from './wait-for.ts';

const RESTART_LIMIT_MS = 240_000;
const BALANCER = 'nginx';

/** A line of the command's JSON about one of its processes. */
interface ProcessNews {
  readonly name: string;
  readonly event: string;
  readonly pid: number | null;
  readonly detail: string | null;
}

/** `parlance cluster` as a process of its own: Redis, nodes with their engines, and nginx. */
export class BalancedCluster {
  /** Where nginx listens. */
  readonly url: string;
  readonly command: RunningCommand;
  readonly #nodes: readonly string[];
  readonly #dataFolder: string;

  private constructor(command: RunningCommand, nodes: number, dataFolder: string) {
    this.command = command;
    this.#nodes = Array.from({ length: nodes }, (_, index) => `node-${index + 1}`);
    this.#dataFolder = dataFolder;
    this.url = String(command.said().find(({ type }) => type === 'listening')?.url);
  }

  static async start(
    nodes: number,
    settings: Readonly<Record<string, string>>,
  ): Promise<BalancedCluster> {
    const dataFolder = await mkdtemp(join(tmpdir(), 'parlance-cluster-'));
    const command = startCommand(['cluster', '--nodes', `${nodes}`, '--port', '0', '--json'], {
      DATA_DIR: dataFolder,
      LOG_LEVEL: 'error',
      ...settings,
    });
    try {
      await command.shows('"listening"');
    } catch (error) {
      await command.done;
      await rm(dataFolder, { recursive: true, force: true });
      throw error;
    }
    return new BalancedCluster(command, nodes, dataFolder);
  }

  get news(): readonly ProcessNews[] {
    return this.command
      .said()
      .filter(({ type }) => type === 'process')
      .map(({ name, event, pid, detail }) => ({
        name: String(name),
        event: String(event),
        pid: typeof pid === 'number' ? pid : null,
        detail: typeof detail === 'string' ? detail : null,
      }));
  }

  /** How often each process came up: nginx, then the nodes in the order of their names. */
  get timesReady(): readonly number[] {
    return [BALANCER, ...this.#nodes].map(
      (name) => this.news.filter((news) => news.name === name && news.event === 'ready').length,
    );
  }

  /** The present process of that name; throws where it never came up. */
  pidOf(wanted: string): number {
    const pid = this.news.findLast(({ name, event }) => name === wanted && event === 'ready')?.pid;
    if (typeof pid !== 'number') throw new Error(`Expected ${wanted} to run, got no process.`);
    return pid;
  }

  /** Restarts node after node, each when the one before serves again. */
  async rollingRestart(signal: AbortSignal): Promise<void> {
    const wanted = this.timesReady.map((times, at) => (at === 0 ? times : times + 1));
    this.command.child.kill('SIGHUP');
    await waitFor('every node to be restarted', RESTART_LIMIT_MS, signal, () =>
      this.timesReady.every((times, at) => times >= (wanted[at] ?? 0)),
    );
  }

  /** nginx reads its configuration anew: new workers take new connections, old ones keep theirs. */
  reloadBalancer(): void {
    process.kill(this.pidOf(BALANCER), 'SIGHUP');
  }

  /** Ends it at once, whatever it does. Idempotent. */
  async kill(): Promise<void> {
    this.command.child.kill('SIGKILL');
    await this.command.done;
    await rm(this.#dataFolder, { recursive: true, force: true });
  }

  /** Drains and ends all of it, and deletes its data. Resolves with the exit code. Idempotent. */
  async close(): Promise<number | null> {
    this.command.child.kill('SIGTERM');
    const { exitCode } = await this.command.done;
    await rm(this.#dataFolder, { recursive: true, force: true });
    return exitCode;
  }
}
