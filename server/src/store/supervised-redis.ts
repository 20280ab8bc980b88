import type { ChildProcess } from 'node:child_process';
import { AppError } from '../../../shared/errors.ts';
import { spawnRedis, stopChild } from './private-redis-process.ts';
import {
  closeConnection,
  connectionReady,
  openConnection,
  type RedisAddress,
} from './redis/connections.ts';

/** Loading the append-only file of a full server takes its time on a slow disk. */
export const START_TIMEOUT_MS = 120_000;
/** Pauses before a server that died is started again. */
export const RESTART_MIN_MS = 50;
export const RESTART_MAX_MS = 5_000;
/** One that ran for this long was well: the next pause is the shortest again. */
export const STABLE_AFTER_MS = 10_000;

/** `orphan_replaced`: one that a killed server left behind was stopped first. */
export type PrivateRedisReport = (event: {
  readonly event: 'orphan_replaced' | 'started' | 'died' | 'restart_failed';
  readonly reason: string;
}) => void;

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly child: ChildProcess; readonly sinceMs: number }
  | { readonly kind: 'pausing'; readonly timer: NodeJS.Timeout }
  | { readonly kind: 'spawning'; readonly done: Promise<void> }
  | { readonly kind: 'closed' };

/** One redis-server process that is started again whenever it dies, until it is closed. */
export class SupervisedRedis {
  readonly #binary: string;
  readonly #config: string;
  readonly #address: RedisAddress;
  readonly #report: PrivateRedisReport;
  #state: State = { kind: 'idle' };
  #failures = 0;

  constructor(binary: string, config: string, address: RedisAddress, report: PrivateRedisReport) {
    this.#binary = binary;
    this.#config = config;
    this.#address = address;
    this.#report = report;
  }

  get pid(): number | null {
    return this.#state.kind === 'running' ? (this.#state.child.pid ?? null) : null;
  }

  /** Resolves once it answers; one that does not come up is stopped and its log is in the error. */
  async start(): Promise<void> {
    const { child, log } = await spawnRedis(this.#binary, this.#config);
    const probe = openConnection(this.#address, 'commands');
    try {
      await new Promise<void>((resolve, reject) => {
        child.once('exit', () => reject(new Error(`it ended: ${log.join(' ')}`)));
        connectionReady(probe, START_TIMEOUT_MS).then(resolve, reject);
      });
    } catch (error) {
      await stopChild(child);
      const reason = error instanceof Error ? error.message : 'unknown';
      throw new AppError(
        'store_unavailable',
        `Expected the private redis-server to start, got: ${reason}`,
      );
    } finally {
      await closeConnection(probe);
    }
    process.on('exit', this.#killAtExit);
    this.#supervise(child);
  }

  /** Idempotent; resolves when no process and no timer is left. */
  async close(): Promise<void> {
    process.off('exit', this.#killAtExit);
    if (this.#state.kind === 'spawning') await this.#state.done;
    const state = this.#state;
    this.#state = { kind: 'closed' };
    if (state.kind === 'pausing') clearTimeout(state.timer);
    if (state.kind === 'running') await stopChild(state.child);
  }

  #supervise(child: ChildProcess): void {
    const died = (): void => {
      if (this.#state.kind !== 'running' || this.#state.child !== child) return;
      const wasWell = performance.now() - this.#state.sinceMs >= STABLE_AFTER_MS;
      if (wasWell) this.#failures = 0;
      this.#report({ event: 'died', reason: `${child.signalCode ?? `exit ${child.exitCode}`}` });
      this.#pause();
    };
    this.#state = { kind: 'running', child, sinceMs: performance.now() };
    this.#report({ event: 'started', reason: `process ${child.pid}` });
    if (child.exitCode !== null || child.signalCode !== null) died();
    else child.once('exit', died);
  }

  #pause(): void {
    const pauseMs = Math.min(RESTART_MIN_MS * 2 ** this.#failures, RESTART_MAX_MS);
    this.#failures += 1;
    const timer = setTimeout(() => {
      this.#state = { kind: 'spawning', done: this.#respawn() };
    }, pauseMs);
    this.#state = { kind: 'pausing', timer };
  }

  async #respawn(): Promise<void> {
    try {
      const { child } = await spawnRedis(this.#binary, this.#config);
      this.#supervise(child);
    } catch (error) {
      this.#report({
        event: 'restart_failed',
        reason: error instanceof Error ? error.message : '',
      });
      this.#pause();
    }
  }

  /** A server that ends without closing takes its Redis along; only a kill -9 leaves an orphan. */
  readonly #killAtExit = (): void => {
    if (this.#state.kind === 'running') this.#state.child.kill('SIGTERM');
  };
}
