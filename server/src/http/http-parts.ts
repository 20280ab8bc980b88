import type { Logger } from 'pino';
import type { LanguageOffer, ServerInfo } from '../../../shared/protocol.ts';
import type { Access } from '../access/access.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import type { NodeDesk } from '../operations/node-desk.ts';
import type { HttpLimits } from './http-limits.ts';

/** What the routes of a node work with; each takes what it needs of it. */
export interface HttpParts {
  /** The built page, or null where this node serves none. */
  readonly pageFolder: string | null;
  readonly metrics: ServerMetrics;
  readonly log: Logger;
  readonly limits: HttpLimits;
  /** Tells how this node fares, and the others. */
  readonly nodes: Pick<NodeDesk, 'own' | 'all'>;
  readonly access: Access;
  info(): ServerInfo;
  offers(spoken: string): readonly LanguageOffer[];
  readonly recognizable: readonly string[];
  /** Whether this node is leaving. */
  draining(): boolean;
  /** What keeps this node from taking speakers; empty when it is ready. */
  unready(): readonly string[];
}
