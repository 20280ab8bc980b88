import { AppError, type WireError } from '../../../../shared/errors.ts';
import type { OpenWire, RequestAnswer, RequestBody, Wire, WireHandlers } from '../wire.ts';
import { localError, toAppError } from '../wire-error.ts';

/** One thing that a client said, in the order in which it said it. */
export interface Said {
  readonly event: string;
  readonly body: unknown;
  /** Present where the client waits for an answer. */
  readonly reply?: {
    resolve(answer: unknown): void;
    reject(error: WireError): void;
  };
}

/** The loss of a link as a client sees it. */
export const LOST: WireError = localError('server_unreachable', 'transport close');

/** A connection without a network: a test plays the server. */
export class ScriptedWire<In, Out> implements Wire<Out> {
  readonly said: Said[] = [];
  readonly #handlers: WireHandlers<In>;
  readonly #waiting = new Set<(error: WireError) => void>();
  #phase: 'opening' | 'open' | 'closed' = 'opening';

  constructor(handlers: WireHandlers<In>) {
    this.#handlers = handlers;
  }

  get closed(): boolean {
    return this.#phase === 'closed';
  }

  send(event: string, body: unknown): void {
    if (this.#phase === 'open') this.said.push({ event, body });
  }

  request<E extends keyof Out & string>(
    event: E,
    body: RequestBody<Out, E>,
    timeoutMs?: number,
  ): Promise<RequestAnswer<Out, E>> {
    return new Promise((resolve, reject) => {
      const refuse = (error: WireError): void => {
        settle();
        reject(toAppError(error));
      };
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => refuse(localError('server_unreachable', 'no answer')), timeoutMs);
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(refuse);
      };
      this.#waiting.add(refuse);
      if (this.#phase !== 'open') return refuse(LOST);
      this.said.push({
        event,
        body,
        reply: {
          resolve: (answer) => {
            settle();
            resolve(answer as RequestAnswer<Out, E>);
          },
          reject: refuse,
        },
      });
    });
  }

  close(): void {
    this.#phase = 'closed';
    for (const refuse of [...this.#waiting]) refuse(LOST);
  }

  /** The server accepts the handshake. */
  accept(): void {
    this.#phase = 'open';
    this.#handlers.open();
  }

  /** The link is refused or lost. */
  down(error: WireError = LOST): void {
    if (this.closed) return;
    this.close();
    this.#handlers.down(error);
  }

  /** The server says something. */
  say<E extends keyof In & string>(event: E, body: unknown): void {
    if (this.#phase !== 'open') return;
    this.#handlers.heard?.();
    const handle = this.#handlers.events[event];
    if (typeof handle === 'function') handle(body);
  }

  /** What the client said under this name. */
  all(event: string): readonly Said[] {
    return this.said.filter((said) => said.event === event);
  }

  /** The last open question of this name. */
  asked(event: string): Required<Said> {
    const question = this.all(event).at(-1);
    if (question?.reply === undefined) {
      throw new AppError('internal', `Expected the client to have asked ${event}.`);
    }
    return { ...question, reply: question.reply };
  }
}

/** All connections of one client, newest last. */
export class ScriptedNetwork<In, Out> {
  readonly wires: ScriptedWire<In, Out>[] = [];

  readonly open: OpenWire<In, Out> = (handlers) => {
    const wire = new ScriptedWire<In, Out>(handlers);
    this.wires.push(wire);
    return wire;
  };

  get last(): ScriptedWire<In, Out> {
    const wire = this.wires.at(-1);
    if (wire === undefined) throw new AppError('internal', 'Expected a connection, got none.');
    return wire;
  }
}
