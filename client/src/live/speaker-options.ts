import type { ManagerOptions, SocketOptions } from 'socket.io-client';
import type { PartialCaption, PlacedEntry } from '../../../shared/captions.ts';
import type { WireError } from '../../../shared/errors.ts';
import type { Glossary } from '../../../shared/glossary.ts';
import type { LanguageOffer, SessionStatus } from '../../../shared/protocol.ts';
import type { SpeakerGap } from './audio-pump.ts';
import type { KeptSession, MirrorStore } from './session-mirror.ts';
import type { SpeakerState } from './speaker-state.ts';

export interface SpeakerOptions {
  url: string;
  room: string;
  language: string;
  /** What viewers may choose from. */
  offers: readonly string[];
  /** Translations that this client wants to receive. */
  reads: readonly string[];
  speakerName?: string;
  token?: string;
  /** Proves ownership of a room that exists already. */
  ownerSecret?: string;
  /** The room's glossary from the start on; only for who creates or owns the room. */
  glossary?: Glossary;
  /**
   * How long a server that does not answer is tried again at the start, in milliseconds. By default
   * the first try is final.
   */
  startWithinMs?: number;
  /** Random by default; the same instance may always resume. */
  instance?: string;
  /** Where the session outlives its page; `kept` is what was found there of a session to go on. */
  mirror?: { store: MirrorStore; kept?: KeptSession };
  socketOptions?: Partial<ManagerOptions & SocketOptions>;
}

export interface SpeakerEvents {
  state: SpeakerState;
  partial: PartialCaption;
  entry: PlacedEntry;
  status: SessionStatus;
  /** What readers may choose from, whenever it has changed. */
  offers: readonly LanguageOffer[];
  /** Something went wrong; the session goes on. */
  error: WireError;
  /** Every frame before this one is durable or silence. */
  acked: number;
  gap: SpeakerGap;
  /** Whether a reload would find what is not durable yet; told when it changes. */
  kept: boolean;
}
