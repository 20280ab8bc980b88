import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { type AskOptions, askServer } from './ask-server.ts';
import type { LoadSignals, LoadUser } from './load-run.ts';
import type { LoadTally } from './load-tally.ts';
import { OK, type Outcome, outcomeOf, outcomeOfCode, outcomeOfStatus } from './outcome.ts';

export interface HealthUserOptions extends Pick<AskOptions, 'key' | 'tls'> {
  readonly url: string;
}

/** Asks for the server's health, again and again over one connection. */
export class HealthUser implements LoadUser {
  readonly #options: HealthUserOptions;
  readonly #tally: LoadTally;
  readonly #agent: Agent;

  constructor(options: HealthUserOptions, tally: LoadTally) {
    const connection = { keepAlive: true, maxSockets: 1 };
    this.#options = options;
    this.#tally = tally;
    this.#agent = options.url.startsWith('https:')
      ? new TlsAgent({ ...connection, ...options.tls })
      : new Agent(connection);
  }

  async act({ interrupt }: LoadSignals): Promise<Outcome | null> {
    const { url, key, tls } = this.#options;
    const beganAt = performance.now();
    try {
      const { status, body } = await askServer(`${url}/health`, {
        ...{ key, tls, agent: this.#agent, signal: interrupt },
      });
      if (status !== 200) return refusalOf(status, body);
      this.#tally.time('answer', performance.now() - beganAt);
      return OK;
    } catch (error) {
      return interrupt.aborted ? null : outcomeOf(error);
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** By the error's name where the server gives one, else by the status. */
function refusalOf(status: number, body: string): Outcome {
  const plain = outcomeOfStatus(status);
  const code = /"code":"([a-z_]+)"/.exec(body)?.[1];
  if (code === undefined) return plain;
  return plain.kind === 'refused' ? { kind: 'refused', code } : outcomeOfCode(code);
}
