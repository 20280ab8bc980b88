import { AppError, toWireError, type WireError } from '../../../shared/errors.ts';
import { Alarms } from './alarms.ts';
import { Backoff } from './backoff.ts';
import type { OpenWire, Wire, WireHandlers } from './wire.ts';
import { isUnanswered, toAppError } from './wire-error.ts';

/** A link that held for this long was a good one: the next loss begins with the shortest pause. */
export const GOOD_LINK_MS = 2000;

export interface LinkOptions<In, Out, Greeting> {
  open: OpenWire<In, Out>;
  events: WireHandlers<In>['events'];
  heard?(): void;
  /** First exchange on each new wire; a rejection counts as a failed try. */
  greet(wire: Wire<Out>): Promise<Greeting>;
  up(greeting: Greeting): void;
  /** The wire is gone and try number `attempt` will follow; 0 where the node only asked to leave it. */
  down(error: WireError, attempt: number): void;
  /** No further try: nothing came of the first ones, or the error is not retryable. */
  failed(error: WireError): void;
  backoff?: Backoff;
  /** True where there is something to go on with: the first try is no more final than later ones. */
  persists?: boolean;
  /** A server that does not answer is dialled again this long from the first try on; 0 by default. */
  firstTriesMs?: number;
}

type Phase<Out> =
  | { kind: 'closed' }
  | { kind: 'waiting' }
  | { kind: 'opening'; wire: Wire<Out> }
  | { kind: 'up'; wire: Wire<Out>; since: number };

/**
 * One client's connection over time: dials, greets, and dials again after a loss. The only layer
 * that retries. After the first success only an error that is not retryable ends it.
 */
export class Link<In, Out, Greeting> {
  readonly #options: LinkOptions<In, Out, Greeting>;
  readonly #backoff: Backoff;
  readonly #alarms = new Alarms<'redial'>();
  #phase: Phase<Out> = { kind: 'closed' };
  #succeeded: boolean;
  #firstDialAt: number | null = null;

  constructor(options: LinkOptions<In, Out, Greeting>) {
    this.#options = options;
    this.#backoff = options.backoff ?? new Backoff();
    this.#succeeded = options.persists ?? false;
  }

  /** The wire that is greeted and open, or null. */
  get wire(): Wire<Out> | null {
    return this.#phase.kind === 'up' ? this.#phase.wire : null;
  }

  dial(): void {
    this.#firstDialAt ??= performance.now();
    // A wire that was given up meanwhile is no longer the current one: what it says is ignored.
    const wire = this.#options.open({
      events: this.#options.events,
      heard: () => this.#options.heard?.(),
      open: () => {
        if (this.#current() === wire) this.#greet(wire);
      },
      down: (error) => {
        if (this.#current() === wire) this.drop(error);
      },
    });
    this.#phase = { kind: 'opening', wire };
  }

  /** Gives the present wire up and dials again after a pause, or ends where that makes no sense. */
  drop(error: WireError): void {
    const wire = this.#current();
    if (wire === null) return;
    // Another node is there to take over, and nobody else loses a link at this moment.
    const isMove = this.#phase.kind === 'up' && error.code === 'server_draining';
    if (this.#phase.kind === 'up' && performance.now() - this.#phase.since >= GOOD_LINK_MS) {
      this.#backoff.reset();
    }
    this.#phase = { kind: 'waiting' };
    wire.close();
    const pauseMs = isMove ? 0 : this.#backoff.next(error.retryAfterMs);
    if (!error.retryable || !(this.#succeeded || this.#isEarly(error, pauseMs))) {
      this.close();
      this.#options.failed(error);
      return;
    }
    this.#alarms.set('redial', pauseMs, () => this.dial());
    this.#options.down(error, isMove ? 0 : this.#backoff.attempt);
  }

  /** Idempotent; leaves no wire and no timer. */
  close(): void {
    const wire = this.#current();
    this.#phase = { kind: 'closed' };
    this.#alarms.clearAll();
    wire?.close();
  }

  #greet(wire: Wire<Out>): void {
    this.#options.greet(wire).then(
      (greeting) => {
        if (this.#current() !== wire) return;
        this.#phase = { kind: 'up', wire, since: performance.now() };
        this.#succeeded = true;
        this.#options.up(greeting);
      },
      (error: unknown) => {
        if (this.#current() === wire) this.drop(toWireError(error));
      },
    );
  }

  /** Whether a try that follows after a pause still is one of the first. */
  #isEarly(error: WireError, pauseMs: number): boolean {
    const sinceMs = performance.now() - (this.#firstDialAt ?? 0);
    return isUnanswered(error) && sinceMs + pauseMs < (this.#options.firstTriesMs ?? 0);
  }

  #current(): Wire<Out> | null {
    return this.#phase.kind === 'opening' || this.#phase.kind === 'up' ? this.#phase.wire : null;
  }
}

/** One question over a connection of its own, for what must work without a session. */
export function askOnce<In, Out, Answer>(
  open: OpenWire<In, Out>,
  ask: (wire: Wire<Out>) => Promise<Answer>,
): { answer: Promise<Answer>; cancel: () => void } {
  let cancel = (): void => {};
  const answer = new Promise<Answer>((resolve, reject) => {
    const link = new Link<In, Out, Answer>({
      open,
      events: {},
      greet: ask,
      up: (reply) => {
        link.close();
        resolve(reply);
      },
      down: () => {},
      failed: (error) => reject(toAppError(error)),
    });
    cancel = () => {
      link.close();
      reject(new AppError('server_unreachable', 'This side closed the connection.'));
    };
    link.dial();
  });
  return { answer, cancel };
}
