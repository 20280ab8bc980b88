import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** A running pipeline: bytes in, NUL-ended answers out, one process group. */
export interface PipelineProcess {
  write(bytes: Buffer): void;
  /** Idempotent; resolves when every program of the pipeline is gone. */
  stop(): Promise<void>;
}

export interface PipelineEvents {
  /** What was written up to a NUL. */
  onAnswer(raw: string): void;
  /** Called once, when the pipeline can answer no more; `stop()` still has to clean up. */
  onEnd(): void;
}

export type StartPipeline = (
  stages: readonly (readonly string[])[],
  events: PipelineEvents,
) => PipelineProcess;

export interface PipelineSettings {
  readonly programDirs: readonly string[];
  readonly stopTimeoutMs: number;
  readonly maxAnswerBytes: number;
}

const SHELL = '/bin/sh';
/** Apertium's programs read UTF-8 only under a UTF-8 locale; this one is always there. */
const LOCALE = 'C.UTF-8';

/**
 * Starts pipelines as one process group each. A shell is the group's head: it forks cheaply (this
 * process would stall for every program) and reaps all programs, so that none stays as a zombie.
 * What they write to stderr is thrown away: it may hold what was said (INV7).
 */
export function createPipelineStarter(settings: PipelineSettings): StartPipeline {
  return (stages, events) => {
    const child = spawn(SHELL, ['-c', pipelineScript(stages)], {
      cwd: '/',
      detached: true,
      env: { PATH: settings.programDirs.join(':'), LC_ALL: LOCALE },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    return new ShellPipeline(child, events, settings);
  };
}

/**
 * The trap keeps the shell alive through SIGTERM until it has reaped the programs. It lets go of
 * stdin and stdout, so that the death of the last program ends the answers at once.
 */
function pipelineScript(stages: readonly (readonly string[])[]): string {
  const programs = stages.map((stage) => `${stage.map(quote).join(' ')} 3<&-`);
  const pipe = programs.join(' | ').replace('3<&-', '<&3 3<&-');
  return `trap : TERM; exec 3<&0; ${pipe} & exec 3<&- <&- >&-; until wait; do :; done`;
}

function quote(argument: string): string {
  return `'${argument.replaceAll("'", "'\\''")}'`;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

class ShellPipeline implements PipelineProcess {
  readonly #child: Child;
  readonly #events: PipelineEvents;
  readonly #settings: PipelineSettings;
  readonly #closed: Promise<void>;
  #ended = false;
  #stopping: Promise<void> | null = null;
  #parts: Buffer[] = [];
  #partBytes = 0;

  constructor(child: Child, events: PipelineEvents, settings: PipelineSettings) {
    this.#child = child;
    this.#events = events;
    this.#settings = settings;
    this.#closed = new Promise((resolve) => {
      child.once('close', () => resolve());
      child.once('error', () => {
        if (child.pid === undefined) resolve();
      });
    });
    child.stdout.on('data', (bytes: Buffer) => this.#read(bytes));
    child.stdout.once('end', () => this.#end());
    child.stdin.on('error', () => this.#end());
    child.on('error', () => this.#end());
    child.once('exit', (_code, signal) => {
      this.#end();
      // A killed shell leaves its programs to nobody.
      if (signal !== null) this.#signalGroup('SIGKILL');
    });
  }

  write(bytes: Buffer): void {
    if (!this.#ended) this.#child.stdin.write(bytes);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#ended = true;
    this.#child.stdin.destroy();
    // Nobody reads it any more, and 'close' waits for its end.
    this.#child.stdout.removeAllListeners('data').resume();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#signalGroup('SIGTERM');
      // A stopped program gets its SIGTERM only when it goes on.
      this.#signalGroup('SIGCONT');
    }
    const kill = setTimeout(() => this.#signalGroup('SIGKILL'), this.#settings.stopTimeoutMs);
    await this.#closed;
    clearTimeout(kill);
  }

  #read(bytes: Buffer): void {
    let from = 0;
    for (let at = bytes.indexOf(0); at !== -1; at = bytes.indexOf(0, from)) {
      if (this.#ended) return;
      const raw = Buffer.concat([...this.#parts, bytes.subarray(from, at)]).toString('utf8');
      this.#parts = [];
      this.#partBytes = 0;
      from = at + 1;
      this.#events.onAnswer(raw);
    }
    const rest = bytes.subarray(from);
    this.#partBytes += rest.length;
    if (this.#partBytes > this.#settings.maxAnswerBytes) this.#end();
    else if (rest.length > 0) this.#parts.push(rest);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#parts = [];
    this.#events.onEnd();
  }

  #signalGroup(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // ESRCH: the group is gone already, which is what was wanted.
    }
  }
}
