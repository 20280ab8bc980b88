import { FrameRing } from '../../../../client/src/live/frame-ring.ts';
import { FrameSender } from '../../../../client/src/live/frame-sender.ts';
import type { SpeakerState } from '../../../../client/src/live/speaker-state.ts';
import type { SessionRecord } from './session-rules.ts';

/** The sound of a frame: which incarnation of the page captured it; `null` where nothing was. */
export type Sound = number | null;

/** What is spoken, frame by frame: `S` speech, `.` silence. Cuts depend on it alone (INV9). */
export const SPEECH = 'SS.SS';

/** Frames beyond the last received ack: so few that a session of some frames fills the window. */
export const WINDOW_FRAMES = 2;

export interface ClientView {
  readonly phase: SpeakerState['kind'];
  /** Counts reloads. */
  readonly incarnation: number;
  /** By seq, up to the next frame. */
  readonly sounds: readonly Sound[];
  /** As in FrameSender. */
  readonly sentSeq: number;
  readonly highSeq: number;
  readonly receivedSeq: number;
  readonly ackedSeq: number;
  /** Of the greeting of the present link; the highest seen at all. */
  readonly epoch: number;
  readonly highestEpoch: number;
  /** The present link, or null. */
  readonly link: number | null;
  readonly isGreeted: boolean;
  readonly isStopAsked: boolean;
  /** False after a reload, until the session is taken up: nothing is captured before. */
  readonly isTakenUp: boolean;
  /** Absence that is still to be declared: the seq that comes after it. */
  readonly awayTo: number | null;
}

/** What a page that is reloaded finds. */
export interface MirrorView {
  readonly sounds: readonly Sound[];
  readonly epoch: number;
}

export type ToNode =
  | { readonly kind: 'resume' }
  | {
      readonly kind: 'audio';
      readonly firstSeq: number;
      readonly sounds: readonly number[];
      readonly epoch: number;
    }
  | { readonly kind: 'gap'; readonly fromSeq: number; readonly toSeq: number }
  | { readonly kind: 'stop'; readonly endSeq: number };

export type ToClient =
  | {
      readonly kind: 'resumed';
      readonly epoch: number;
      readonly fromSeq: number;
      readonly ackedSeq: number;
    }
  | { readonly kind: 'received'; readonly seq: number; readonly epoch: number }
  | { readonly kind: 'acked'; readonly seq: number; readonly epoch: number }
  | { readonly kind: 'missing'; readonly expectedSeq: number }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'stopped' };

/** A session on a node: from its resume until it is lost. */
export interface NodeSession {
  readonly epoch: number;
  /** Which takeover it came from: epochs may be broken, this is not. */
  readonly takeover: number;
  /** What arrived, by seq; `null` in a declared gap. */
  readonly heard: readonly Sound[];
  /** Frames before it are done with, and the segment that comes next. */
  readonly doneSeq: number;
  readonly nextSegment: number;
  readonly endSeq: number | null;
}

export interface LinkView {
  /** Its place among the links. */
  readonly id: number;
  readonly node: number;
  readonly toNode: readonly ToNode[];
  readonly toClient: readonly ToClient[];
  readonly session: NodeSession | null;
}

/** Everything, as plain data: two equal states have the same JSON. */
export interface ResumeState {
  readonly client: ClientView;
  readonly mirror: MirrorView;
  readonly links: readonly LinkView[];
  readonly record: SessionRecord;
  /** By final, what it was made of. */
  readonly stored: readonly (readonly Sound[])[];
  readonly takeovers: number;
  /** Set where a node that was taken over from has stored something. */
  readonly isIntruded: boolean;
  readonly nodesUp: readonly boolean[];
  readonly faultsLeft: Faults;
}

export interface Faults {
  /** A node dies, with all that it held. */
  readonly crashes: number;
  /** A link breaks though both sides live; what is on it may still arrive. */
  readonly cuts: number;
  /** The store did what it was asked, and its answer is lost. */
  readonly lostAnswers: number;
  /** The page is reloaded. */
  readonly reloads: number;
}

/** The client's own sender, brought to where the state has it by its own methods. */
export function senderOf(client: ClientView): FrameSender {
  const sender = new FrameSender(new FrameRing());
  const push = (sounds: readonly Sound[]): void => {
    for (const sound of sounds) {
      if (sound === null) sender.skip(1);
      else sender.push(Uint8Array.of(sound));
    }
  };
  // What was sent on this link, and what its greeting called durable, was there by then.
  const sentOnce =
    client.highSeq === 0 ? client.sounds.length : Math.max(client.highSeq, client.ackedSeq);
  push(client.sounds.slice(0, sentOnce));
  sender.resume(0, client.ackedSeq, WINDOW_FRAMES);
  const sentSeq = () => sender.nextSeq - sender.unsent;
  while (sentSeq() < client.highSeq && sender.take(1) !== null) {
    sender.received(client.receivedSeq);
  }
  push(client.sounds.slice(sentOnce));
  sender.received(client.receivedSeq);
  sender.rewind(client.sentSeq);
  const { nextSeq, receivedSeq, ackedSeq } = sender;
  const isThere =
    nextSeq === client.sounds.length &&
    receivedSeq === client.receivedSeq &&
    ackedSeq === client.ackedSeq &&
    sentSeq() === client.sentSeq;
  if (!isThere) throw new Error(`Expected a sender as in ${JSON.stringify(client)}, got another.`);
  return sender;
}

/** Where a sender is now. Frames beyond `highSeq` were never on the present link. */
export function numbersOf(sender: FrameSender, highSeq: number) {
  const sentSeq = sender.nextSeq - sender.unsent;
  return {
    sentSeq,
    highSeq: Math.max(highSeq, sentSeq),
    receivedSeq: sender.receivedSeq,
    ackedSeq: sender.ackedSeq,
  };
}
