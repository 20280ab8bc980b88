import type { ClipSet } from '../corpus.ts';
import type { SegmentRecord } from '../live/session-record.ts';
import type { VoiceSpan } from './voice-spans.ts';

/** Everything that was found out about one clip. */
export interface ClipOutcome {
  readonly id: string;
  readonly set: ClipSet;
  readonly language: string;
  readonly seconds: number;
  readonly reference: string;
  /** What the model reads in the recording itself, given whole or in long pieces. */
  readonly whole: string;
  /** The same of what is left of the recording after the Opus encoder and the server's decoder. */
  readonly wholeAfterOpus: string;
  /** Where a pass over the whole recording hears speech. */
  readonly voice: readonly VoiceSpan[];
  readonly live: LiveOutcome;
}

export type LiveOutcome =
  | {
      readonly kind: 'spoken';
      readonly segments: readonly SegmentRecord[];
      readonly sentMs: number;
      readonly missingFinals: number;
      readonly sentLateMs: number;
    }
  | { readonly kind: 'failed'; readonly error: string };

/** What was shown of a clip; nothing where its session failed. */
export function shownSegments({ live }: ClipOutcome): readonly SegmentRecord[] {
  return live.kind === 'spoken' ? live.segments : [];
}
