import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../../server/src/config/child-environment.ts';
import type { CrowdTask, FromCrowd, ToCrowd } from './crowd-messages.ts';

/** Viewers in a process of their own, so that the servers' processor time is their own. */
export class Crowd {
  readonly #child: ChildProcess;
  readonly #signal: AbortSignal;

  /** `signal` ends it. */
  constructor(signal: AbortSignal) {
    const isSource = import.meta.url.endsWith('.ts');
    const main = new URL(`./crowd-main${isSource ? '.ts' : '.js'}`, import.meta.url);
    this.#signal = signal;
    this.#child = fork(fileURLToPath(main), {
      serialization: 'advanced',
      execArgv: isSource ? ['--import', 'tsx'] : [],
      env: childEnvironment({}),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  /** Resolves with the seconds it took when everybody sits. */
  async sit(task: CrowdTask): Promise<number> {
    const { seconds } = await this.#ask({ kind: 'sit', task }, 'seated');
    return seconds;
  }

  /** Waits until everybody has so many finals, or for a while; then they leave. */
  async finish(
    originals: number,
    translations: number,
  ): Promise<Extract<FromCrowd, { kind: 'done' }>> {
    return await this.#ask({ kind: 'finish', originals, translations }, 'done');
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async #ask<Kind extends FromCrowd['kind']>(
    message: ToCrowd,
    answer: Kind,
  ): Promise<Extract<FromCrowd, { kind: Kind }>> {
    const done = new AbortController();
    try {
      return await new Promise((resolve, reject) => {
        const { signal } = done;
        this.#signal.addEventListener('abort', () => reject(this.#signal.reason), { signal });
        const heard = (said: FromCrowd): void => {
          if (said.kind === answer) resolve(said as Extract<FromCrowd, { kind: Kind }>);
        };
        const ended = (code: number | null, how: string | null): void =>
          reject(new Error(`Expected viewers to answer, got exit ${code ?? how}.`));
        this.#child.on('message', heard);
        this.#child.once('exit', ended);
        signal.addEventListener('abort', () =>
          this.#child.off('message', heard).off('exit', ended),
        );
        this.#child.send(message);
      });
    } finally {
      done.abort();
    }
  }
}
