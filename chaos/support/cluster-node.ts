import { type ServeProcess, startServeProcess } from '../../bench/live/serve-process.ts';
import { type Figures, lookAt, parseMetrics } from '../../bench/soak/server-figures.ts';
import type { Upstream } from './proxied-link.ts';

type Settings = Readonly<Record<string, string>>;

/** One node of a cluster: a real `parlance serve` on a port that it keeps, whatever happens to it. */
export class ClusterNode {
  readonly name: string;
  readonly #settings: Settings;
  #process: ServeProcess;
  #port: number;

  private constructor(name: string, settings: Settings, process: ServeProcess) {
    this.name = name;
    this.#settings = settings;
    this.#process = process;
    this.#port = Number(new URL(process.url).port);
  }

  static async start(name: string, settings: Settings): Promise<ClusterNode> {
    return new ClusterNode(name, settings, await startServeProcess(settings));
  }

  get url(): string {
    return this.#process.url;
  }

  get pid(): number {
    return this.#process.pid;
  }

  get upstream(): Upstream {
    return { host: '127.0.0.1', port: this.#port };
  }

  log(): string {
    return this.#process.log();
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#process.signal('SIGKILL');
    await this.#process.exited;
    await this.#process.stop();
  }

  /** SIGSTOP: its sockets stay open, and nothing is done. */
  pause(): void {
    this.#process.signal('SIGSTOP');
  }

  unpause(): void {
    this.#process.signal('SIGCONT');
  }

  /** Starts it anew on its port, after a {@link kill}. */
  async restart(): Promise<void> {
    this.#process = await startServeProcess(this.#settings, this.#port);
  }

  async figures(): Promise<Figures> {
    return await lookAt(this.url, this.pid);
  }

  /** Every value of its metrics by name with labels. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const answer = await fetch(new URL('metrics', `${this.url}/`));
    return parseMetrics(await answer.text());
  }

  /** Whether it says that it does all it should. */
  async health(): Promise<{ readonly status: string; readonly problems: readonly string[] }> {
    const answer = await fetch(new URL('health', `${this.url}/`));
    const { status, problems }: { status?: unknown; problems?: unknown } = JSON.parse(
      await answer.text(),
    );
    return {
      status: String(status),
      problems: Array.isArray(problems) ? problems.map(String) : [],
    };
  }

  async close(): Promise<void> {
    await this.#process.stop();
  }
}
