import type { Logger } from 'pino';
import type { LanguageOffer } from '../../../shared/protocol.ts';
import type { Access } from '../access/access.ts';
import type { KeySessions } from '../access/key-sessions.ts';
import type { DecoderPool } from '../audio/decoder-pool.ts';
import type { Arrival } from '../limits/connection-limit.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import type { RoomHub } from '../rooms/room-hub.ts';
import type { SessionEngines } from '../session/session-engines.ts';
import type { TranscriptStore } from '../store/transcript-store.ts';

/** What the connections of a node work with. */
export interface GatewayParts {
  readonly store: TranscriptStore;
  readonly hub: RoomHub;
  readonly decoders: DecoderPool;
  readonly engines: SessionEngines;
  readonly access: Access;
  readonly keySessions: KeySessions;
  readonly metrics: ServerMetrics;
  /** Spoken languages that a recogniser here knows. */
  readonly recognizable: readonly string[];
  /** Languages that a reader of this spoken language may choose, best first. */
  offers(spoken: string): readonly LanguageOffer[];
  /** Tells every viewer of a room, on every node, what may be read from now on. */
  tellLanguages(room: string, languages: readonly LanguageOffer[]): void;
  /**
   * Throws `server_draining` once this node takes nobody any more, and `server_full` while it has no
   * room for newcomers.
   */
  admit(who: Arrival): void;
  /** [INV8] Throws `server_busy` where there is no time for another speaker; others may resume. */
  admitNewcomer(): void;
  /** How long what is said is kept, in seconds. */
  readonly keptForS: number;
  readonly log: Logger;
}
