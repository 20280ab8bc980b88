import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../shared/errors.ts';
import { nextProcessState, type ProcessEvent, type ProcessState } from './process-state.ts';

/** How often a process that starts is asked whether it is ready. */
const PROBE_INTERVAL_MS = 100;
/** Loading engines takes seconds; a busy machine takes several times that. */
export const READY_LIMIT_MS = 120_000;
/** One that ran for this long was well. */
const STABLE_AFTER_MS = 30_000;

export interface ProcessOptions {
  /** For reports. */
  readonly name: string;
  /** Starts it as the leader of a process group of its own, which ends with it. */
  spawn(): ChildProcess;
  /** Whether it answers as it should. */
  probe(): Promise<boolean>;
  /** After SIGTERM it is killed when this is over. */
  readonly leaveLimitMs: number;
  readonly report: ProcessReport;
}

export type ProcessReport = (event: {
  readonly name: string;
  readonly event: 'ready' | 'died' | 'leaving' | 'killed';
  /** Of the process that it is about, where one runs. */
  readonly pid: number | null;
  /** In words. */
  readonly detail: string;
}) => void;

/** One process that is started again whenever it dies, until it is closed. */
export class SupervisedProcess {
  readonly #options: ProcessOptions;
  readonly #watchers = new Set<(state: ProcessState) => void>();
  #state: ProcessState = { kind: 'stopped' };
  #child: ChildProcess | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get state(): ProcessState {
    return this.#state;
  }

  /** Null while none runs. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Resolves when it is ready. Rejects where it ends before: it said why itself. Called once. */
  async start(): Promise<void> {
    process.on('exit', this.#killAtExit);
    this.#enter({ kind: 'starting', failures: 0 });
    const { kind } = await this.#reaches(['ready', 'pausing', 'stopped'], READY_LIMIT_MS);
    if (kind === 'ready') return;
    await this.close();
    throw new AppError(
      'internal',
      `Expected ${this.name} to start, but it ended; see what it said before.`,
    );
  }

  /** Resolves when it is ready, or closed; rejects where that takes too long. */
  async whenReady(): Promise<void> {
    await this.#reaches(['ready', 'stopped'], READY_LIMIT_MS);
  }

  /** Lets it finish, starts it anew, and resolves when it is ready again; rejects where it is not. */
  async restart(): Promise<void> {
    const { leaveLimitMs } = this.#options;
    this.#dispatch({ type: 'restart' });
    await this.#reaches(['starting', 'stopped'], leaveLimitMs + READY_LIMIT_MS);
    await this.whenReady();
  }

  /** Sends a signal of its own meaning; nothing where no process runs. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Idempotent; resolves when no process and no timer is left. */
  async close(): Promise<void> {
    this.#dispatch({ type: 'stop' });
    await this.#reaches(['stopped'], this.#options.leaveLimitMs + READY_LIMIT_MS);
    process.off('exit', this.#killAtExit);
  }

  #dispatch(event: ProcessEvent): void {
    const next = nextProcessState(this.#state, event);
    if (next !== this.#state) this.#enter(next);
  }

  #enter(state: ProcessState): void {
    const before = this.#state;
    this.#state = state;
    clearTimeout(this.#timer);
    const { name, report, leaveLimitMs } = this.#options;
    switch (state.kind) {
      case 'starting':
        this.#spawn();
        break;
      case 'ready':
        if (before.kind === 'starting') {
          report({ name, event: 'ready', pid: this.pid, detail: `process ${this.pid}` });
        }
        this.#after(STABLE_AFTER_MS, { type: 'stable' });
        break;
      case 'leaving':
        if (before.kind !== 'leaving') {
          const detail = `within ${leaveLimitMs / 1000} s`;
          report({ name, event: 'leaving', pid: this.pid, detail });
          this.#child?.kill('SIGTERM');
        }
        this.#timer = setTimeout(() => this.#kill(), leaveLimitMs);
        break;
      case 'pausing':
        this.#after(state.pauseMs, { type: 'pauseOver' });
        break;
      case 'stopped':
        break;
    }
    for (const watcher of [...this.#watchers]) watcher(state);
  }

  #after(ms: number, event: ProcessEvent): void {
    this.#timer = setTimeout(() => this.#dispatch(event), ms);
  }

  #spawn(): void {
    const { name, report } = this.#options;
    const child = this.#options.spawn();
    this.#child = child;
    const gone = (how: string): void => {
      if (this.#child !== child) return;
      this.#child = null;
      killGroup(child);
      const { kind } = this.#state;
      if (kind === 'starting' || kind === 'ready') {
        report({ name, event: 'died', pid: null, detail: how });
      }
      this.#dispatch({ type: 'exited' });
    };
    child.once('exit', (code, signal) => gone(signal ?? `exit ${code}`));
    child.once('error', (error) => gone(error.message));
    void this.#awaitReady(child);
  }

  async #awaitReady(child: ChildProcess): Promise<void> {
    while (this.#child === child && this.#state.kind === 'starting') {
      const isReady = await this.#options.probe().catch(() => false);
      if (this.#child !== child) return;
      if (isReady) this.#dispatch({ type: 'ready' });
      else await delay(PROBE_INTERVAL_MS);
    }
  }

  #kill(): void {
    const { name, report, leaveLimitMs } = this.#options;
    const detail = `it did not leave within ${leaveLimitMs / 1000} s`;
    report({ name, event: 'killed', pid: this.pid, detail });
    if (this.#child !== null) killGroup(this.#child);
  }

  async #reaches(kinds: readonly ProcessState['kind'][], limitMs: number): Promise<ProcessState> {
    if (kinds.includes(this.#state.kind)) return this.#state;
    let watcher = (_state: ProcessState): void => {};
    let limit: NodeJS.Timeout | undefined;
    try {
      return await new Promise<ProcessState>((resolve, reject) => {
        watcher = (state) => {
          if (kinds.includes(state.kind)) resolve(state);
        };
        this.#watchers.add(watcher);
        const late = new AppError(
          'internal',
          `Expected ${this.name} to be ${kinds[0]} within ${limitMs / 1000} s, got ${this.#state.kind}.`,
        );
        limit = setTimeout(() => reject(late), limitMs);
      });
    } finally {
      clearTimeout(limit);
      this.#watchers.delete(watcher);
    }
  }

  /** Whoever supervises takes its processes along; only its own kill -9 leaves any. */
  readonly #killAtExit = (): void => {
    if (this.#child !== null) killGroup(this.#child);
  };
}

/** Ends a process and what it has started: the workers of an nginx that was killed would listen on. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of it is left.
  }
}
