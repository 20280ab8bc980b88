import { AppError, toWireError, type WireError } from '../../../shared/errors.ts';
import type { SessionSummary, SpeakClientEvents } from '../../../shared/protocol.ts';
import { Alarms } from './alarms.ts';
import type { Wire } from './wire.ts';
import { noSign } from './wire-error.ts';

/** A server that says nothing for this long while it should finish is asked again over a new link. */
export const STOP_SILENCE_MS = 15_000;
/** A stop that hears nothing from any server for this long is given up. */
export const STOP_GIVE_UP_MS = 60_000;

export interface StopOutput {
  stopped(summary: SessionSummary): void;
  /** The server still misses frames. */
  refused(error: WireError): void;
  /** This link leads nowhere. */
  drop(error: WireError): void;
  giveUp(error: WireError): void;
}

/** Asks for a session's stop until it is answered: once on each wire, and never waiting for ever. */
export class SessionStop {
  readonly #output: StopOutput;
  readonly #alarms = new Alarms<'silence' | 'giveUp'>();
  #askedOn: Wire<SpeakClientEvents> | null = null;
  #closed = false;

  constructor(output: StopOutput) {
    this.#output = output;
    this.heard();
  }

  /** Something came from the server: both limits begin anew. */
  heard(): void {
    if (this.#closed) return;
    const { giveUp } = this.#output;
    this.#alarms.set('giveUp', STOP_GIVE_UP_MS, () => giveUp(noSign(STOP_GIVE_UP_MS)));
    this.expectAnswer();
  }

  /** A link is up; that alone does not put off giving up. */
  expectAnswer(): void {
    if (this.#closed) return;
    const { drop } = this.#output;
    this.#alarms.set('silence', STOP_SILENCE_MS, () => drop(noSign(STOP_SILENCE_MS)));
  }

  /** Every frame before `endSeq` has been received. */
  async ask(wire: Wire<SpeakClientEvents>, endSeq: number): Promise<void> {
    if (this.#askedOn === wire) return;
    this.#askedOn = wire;
    try {
      const summary = await wire.request('session:stop', { endSeq });
      this.#output.stopped({ segments: summary.segments, endSeq: summary.endSeq });
    } catch (error) {
      // A wire that went down is dialled again, and the new one is asked.
      if (this.#askedOn !== wire) return;
      this.#askedOn = null;
      const refusal = toWireError(error);
      if (error instanceof AppError && error.expectedSeq !== undefined) {
        this.#output.refused(refusal);
      } else {
        this.#output.drop(refusal);
      }
    }
  }

  /** The link is away, and with it the answer. */
  unask(): void {
    this.#askedOn = null;
  }

  /** Idempotent; leaves no timer. */
  close(): void {
    this.#closed = true;
    this.unask();
    this.#alarms.clearAll();
  }
}
