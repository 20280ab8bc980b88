import type { LanguageOffer, ServerInfo } from '../../../shared/protocol.ts';
import type { Access } from '../access/access.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';

/** What the routes of a node work with; each takes what it needs of it. */
export interface HttpParts {
  /** The built page, or null where this node serves none. */
  readonly pageFolder: string | null;
  readonly metrics: ServerMetrics;
  readonly access: Access;
  info(): ServerInfo;
  offers(spoken: string): readonly LanguageOffer[];
  readonly recognizable: readonly string[];
  /** Whether this node is leaving. */
  draining(): boolean;
  /** What keeps this node from taking speakers; empty when it is ready. */
  unready(): readonly string[];
}
