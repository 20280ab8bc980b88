import type { SegmentRecord } from '../live/session-record.ts';

export type SessionEnd =
  | { readonly kind: 'spoken' }
  /** The server took no more speakers, or answered with another error. */
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'died'; readonly code: string; readonly atMs: number };

/** What became of one speaker. Times are milliseconds since its first sample was spoken. */
export interface SessionLog {
  /** When that was, milliseconds since 1970. */
  readonly beganAt: number;
  /** How long the server took to answer the start; null where it refused. */
  readonly startedAfterMs: number | null;
  readonly segments: readonly SegmentRecord[];
  readonly sentFrames: number;
  readonly end: SessionEnd;
  /** Links that were lost and made anew. */
  readonly reconnects: number;
  /** Frames that were declared as never sent. */
  readonly gapFrames: number;
  /** By how much each batch left too late. */
  readonly lateMs: readonly number[];
  /** When the server said that captions are slower than usual. */
  readonly slowAtMs: readonly number[];
}
