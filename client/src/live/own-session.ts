import type { PartialCaption, PlacedEntry } from '../../../shared/captions.ts';
import { compareCursors } from '../../../shared/cursor.ts';
import type { Glossary } from '../../../shared/glossary.ts';
import type {
  SessionResumed,
  SessionStarted,
  SpeakClientEvents,
} from '../../../shared/protocol.ts';
import { EpochGate } from './epoch-gate.ts';
import type { SessionIdentity } from './session-mirror.ts';
import type { SpeakerOptions } from './speaker-options.ts';
import { ANSWER_TIMEOUT_MS, START_TIMEOUT_MS, type Wire } from './wire.ts';

/** A cursor that every entry comes after. */
const BEFORE_EVERYTHING = '0-0';

/** Where the server goes on, after a start as after a resume. */
export type Greeting = Pick<SessionResumed, 'epoch' | 'fromSeq' | 'ackedSeq' | 'frameWindow'>;

/**
 * A speaker's session as it outlives its links: how it is started and resumed, which epoch is the
 * present one, and what of the record was seen already.
 */
export class OwnSession {
  readonly #options: SpeakerOptions;
  readonly #instance: string;
  readonly #gate = new EpochGate();
  /** Made here: a start whose answer was lost has made the room ours all the same. */
  readonly #ownerSecret: string;
  #started: SessionStarted | null = null;
  #epoch = 0;
  #cursor: string | null = null;
  #segments = 0;
  #reads: readonly string[];

  constructor(options: SpeakerOptions) {
    this.#options = options;
    this.#reads = options.reads;
    this.#ownerSecret = options.ownerSecret ?? randomSecret();
    const kept = options.mirror?.kept?.head;
    this.#instance = kept?.instance ?? options.instance ?? randomSecret();
    if (kept === undefined) return;
    this.#started = kept.started;
    this.#begin(kept);
    // All of its entries again: the page that knew them is gone.
    this.#cursor = BEFORE_EVERYTHING;
  }

  get started(): SessionStarted | null {
    return this.#started;
  }

  /** Of the link that is up, or was up last. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Segments with a final seen so far. */
  get segments(): number {
    return this.#segments;
  }

  /** The translations that this client wants, now and after a resume. */
  set reads(reads: readonly string[]) {
    this.#reads = reads;
  }

  /** The room's glossary as this client has set it since the start. */
  set glossary(glossary: Glossary) {
    if (this.#started !== null) this.#started = { ...this.#started, glossary };
  }

  /** First exchange on every new link: the session's start, later its resumption. */
  async greet(wire: Wire<SpeakClientEvents>): Promise<Greeting> {
    const { room } = this.#options;
    const instance = this.#instance;
    if (this.#started !== null) {
      const { session, secret } = this.#started;
      const after = this.#cursor === null ? {} : { after: this.#cursor };
      const body = { room, session, secret, instance, reads: [...this.#reads], ...after };
      return this.#begin(await wire.request('session:resume', body, ANSWER_TIMEOUT_MS));
    }
    const { language, offers, speakerName, glossary } = this.#options;
    const body = {
      room,
      language,
      offers: [...offers],
      reads: [...this.#reads],
      instance,
      ownerSecret: this.#ownerSecret,
      ...(speakerName === undefined ? {} : { speakerName }),
      ...(glossary === undefined ? {} : { glossary: [...glossary] }),
    };
    const started = await wire.request('session:start', body, START_TIMEOUT_MS);
    this.#started = started;
    return this.#begin({ ...started, fromSeq: 0, ackedSeq: 0 });
  }

  /** Whether an ack is about the present link; what a former owner still says is not. */
  owns(epoch: number): boolean {
    if (this.#started === null) return false;
    return this.#gate.admit(this.#started.session, epoch) && epoch === this.#epoch;
  }

  admitPartial(caption: PartialCaption): boolean {
    return this.#gate.admit(caption.session, caption.epoch);
  }

  /** False for an entry that was seen before. */
  admitEntry(entry: PlacedEntry): boolean {
    if (this.#cursor !== null && compareCursors(entry.cursor, this.#cursor) <= 0) return false;
    this.#cursor = entry.cursor;
    if (entry.type === 'final' && entry.caption.session === this.#started?.session) {
      this.#segments = Math.max(this.#segments, entry.caption.segment + 1);
    }
    return true;
  }

  /** What a mirror needs to know of it; null before the start. */
  identity(): SessionIdentity | null {
    const { room, language } = this.#options;
    const [instance, started, epoch] = [this.#instance, this.#started, this.#epoch];
    return started === null ? null : { room, language, instance, started, epoch };
  }

  #begin<Begun extends Pick<Greeting, 'epoch'>>(greeting: Begun): Begun {
    this.#epoch = greeting.epoch;
    if (this.#started !== null) this.#gate.admit(this.#started.session, greeting.epoch);
    return greeting;
  }
}

/** 128 random bits, as the protocol wants an instance's name. */
function randomSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
