import { decodeAudio } from '../../../../shared/audio-codec.ts';
import { WARM_UP_FRAMES } from '../../../../shared/limits.ts';
import type { SessionGap } from '../../../../shared/messages.ts';
import type { SpeakClientEvents, SpeakServerEvents } from '../../../../shared/protocol.ts';
import { localError } from '../wire-error.ts';
import { LOST, type Said, type ScriptedNetwork, type ScriptedWire } from './scripted-wire.ts';

type SpeakWire = ScriptedWire<SpeakServerEvents, SpeakClientEvents>;

/** A frame whose content is its own number. */
export function numberedFrame(seq: number): Uint8Array {
  const frame = new Uint8Array(4);
  new DataView(frame.buffer).setUint32(0, seq);
  return frame;
}

/**
 * The simplest server that keeps the protocol's word: takes frames in order, declares them durable
 * when told to, forgets everything else with the connection. It throws at any broken rule.
 */
export class ModelServer {
  /** Durable frames and declared gaps, as what stands at each seq. */
  readonly durable: ('frame' | 'gap')[] = [];
  readonly windowFrames: number;
  reachable = true;
  /** Audio messages that it refuses next, as one that came too fast. */
  refusesNext = 0;
  /** Audio messages that it loses next, without a word. */
  losesNext = 0;
  #network: ScriptedNetwork<SpeakServerEvents, SpeakClientEvents>;
  #wire: SpeakWire | null = null;
  #read = 0;
  #epoch = 0;
  #nextSeq = 0;
  /** Frames and gaps from the durable end on, not durable yet. */
  #taken: ('frame' | 'gap')[] = [];
  #receivedSaid = 0;

  constructor(
    network: ScriptedNetwork<SpeakServerEvents, SpeakClientEvents>,
    windowFrames: number,
  ) {
    this.#network = network;
    this.windowFrames = windowFrames;
  }

  /** Answers what dialled in; refuses it while the server is not reachable. */
  answer(): void {
    const wire = this.#network.wires.at(-1);
    if (wire === undefined || wire === this.#wire || wire.closed) return;
    if (!this.reachable) {
      wire.down(LOST);
      return;
    }
    this.#wire = wire;
    this.#read = 0;
    this.#epoch += 1;
    this.#nextSeq = Math.max(0, this.durable.length - WARM_UP_FRAMES);
    this.#receivedSaid = this.#nextSeq;
    this.#taken = [];
    wire.accept();
    const [question] = wire.said;
    this.#read = 1;
    const common = { epoch: this.#epoch, frameWindow: this.windowFrames };
    question?.reply?.resolve({
      ...common,
      session: 'session-a',
      secret: 'secret',
      fromSeq: this.#nextSeq,
      ackedSeq: this.durable.length,
      nextSegment: 0,
    });
  }

  /** Reads up to `count` messages that arrived. */
  read(count = Number.POSITIVE_INFINITY): void {
    const wire = this.#wire;
    if (wire === null || wire.closed) return;
    for (let read = 0; read < count; read += 1) {
      const said = wire.said[this.#read];
      if (said === undefined) return;
      this.#read += 1;
      this.#take(wire, said);
      if (wire.closed) return;
    }
  }

  sayReceived(): void {
    this.#receivedSaid = Math.max(this.#receivedSaid, this.#nextSeq);
    this.#wire?.say('session:received', { seq: this.#nextSeq, epoch: this.#epoch });
  }

  /** Makes up to `count` more frames durable. */
  commit(count: number): void {
    if (this.#wire === null || this.#wire.closed) return;
    this.durable.push(...this.#taken.splice(0, count));
    // What is durable has been received, too.
    this.#receivedSaid = Math.max(this.#receivedSaid, this.durable.length);
    this.#wire.say('session:acked', { seq: this.durable.length, epoch: this.#epoch });
  }

  /** Says again what was true once, as a former owner of the session would. */
  sayStale(seq: number): void {
    const epoch = Math.max(0, this.#epoch - 1);
    this.#wire?.say('session:received', { seq, epoch });
    this.#wire?.say('session:acked', { seq, epoch });
    this.#wire?.say('session:received', { seq: 0, epoch: this.#epoch });
  }

  /** The link breaks: what was on the way is lost, and so is what was not durable. */
  drop(): void {
    this.#wire?.down();
  }

  #take(wire: SpeakWire, { event, body, reply }: Said): void {
    if (event === 'session:audio') this.#takeAudio(wire, body as Uint8Array);
    else if (event === 'session:gap') this.#takeGap(wire, body as SessionGap);
    else if (event === 'session:stop') {
      const { endSeq } = body as { endSeq: number };
      if (endSeq > this.#nextSeq) reply?.reject(this.#gapError());
      else {
        this.commit(Number.POSITIVE_INFINITY);
        reply?.resolve({ segments: 0, endSeq });
      }
    } else throw new Error(`Expected audio, a gap or a stop, got ${event}.`);
  }

  #takeAudio(wire: SpeakWire, message: Uint8Array): void {
    const { firstSeq, frames, epoch } = decodeAudio(message);
    if (epoch !== this.#epoch) throw new Error(`Expected epoch ${this.#epoch}, got ${epoch}.`);
    if (firstSeq + frames.length - this.#receivedSaid > this.windowFrames) {
      throw new Error(`Expected at most ${this.windowFrames} frames beyond the received ack.`);
    }
    if (this.refusesNext > 0) {
      this.refusesNext -= 1;
      wire.say('session:error', localError('audio_too_fast', ''));
      return;
    }
    if (this.losesNext > 0) {
      this.losesNext -= 1;
      return;
    }
    if (firstSeq > this.#nextSeq) {
      wire.say('session:error', this.#gapError());
      return;
    }
    for (const [at, frame] of frames.entries()) {
      const seq = firstSeq + at;
      const content = new DataView(frame.buffer, frame.byteOffset, 4).getUint32(0);
      if (content !== seq) throw new Error(`Expected frame ${seq}, got frame ${content}.`);
      this.#place(seq, 'frame');
    }
  }

  #takeGap(wire: SpeakWire, { fromSeq, toSeq }: SessionGap): void {
    if (fromSeq > this.#nextSeq) wire.say('session:error', this.#gapError());
    else for (let seq = fromSeq; seq < toSeq; seq += 1) this.#place(seq, 'gap');
  }

  /** What was placed before stays as it was: a duplicate, or the warm-up of the decoder. */
  #place(seq: number, what: 'frame' | 'gap'): void {
    if (seq !== this.#nextSeq) return;
    this.#nextSeq += 1;
    if (seq >= this.durable.length) this.#taken.push(what);
  }

  #gapError() {
    return { ...localError('audio_gap', ''), expectedSeq: this.#nextSeq };
  }
}
