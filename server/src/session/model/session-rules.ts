import type { ErrorCode } from '../../../../shared/errors.ts';

/**
 * What Redis decides about one session, as pure functions: the rules of docs/resume.md in the small.
 * The model is checked with them, and a test holds them against the Lua scripts, command by command.
 */
export interface SessionRecord {
  readonly epoch: number;
  readonly ackedSeq: number;
  readonly nextSegment: number;
  readonly ended: boolean;
  readonly finals: readonly StoredSpan[];
  readonly gaps: readonly FrameSpan[];
}

/** Frames [startSeq, endSeq). */
export interface FrameSpan {
  readonly startSeq: number;
  readonly endSeq: number;
}

export interface StoredSpan extends FrameSpan {
  readonly segment: number;
}

export type SessionCommand =
  | { readonly kind: 'final'; readonly epoch: number; readonly final: StoredSpan }
  | { readonly kind: 'silence'; readonly epoch: number; readonly ackedSeq: number }
  | { readonly kind: 'gap'; readonly epoch: number; readonly gap: FrameSpan }
  | { readonly kind: 'end'; readonly epoch: number };

/** The record after a command; the same object where nothing changed. */
export interface Decision {
  readonly record: SessionRecord;
  readonly refusal: ErrorCode | null;
}

/** Rules that a model may leave out, to show that it would notice. */
export interface BrokenRules {
  /** R3: a write of any epoch is taken. */
  readonly noEpochCheck?: boolean;
  /** R4: a final need not continue the session, nor be another than those before. */
  readonly noPlaceCheck?: boolean;
}

export const NEW_RECORD: SessionRecord = {
  epoch: 1,
  ackedSeq: 0,
  nextSegment: 0,
  ended: false,
  finals: [],
  gaps: [],
};

/** R2: whoever takes the session over gets the next epoch at once. */
export function takeOver(record: SessionRecord): Decision {
  if (record.ended) return { record, refusal: 'session_ended' };
  return { record: { ...record, epoch: record.epoch + 1 }, refusal: null };
}

/** R3 to R7: one write. */
export function write(
  record: SessionRecord,
  command: SessionCommand,
  broken: BrokenRules = {},
): Decision {
  const accept = (change: Partial<SessionRecord>): Decision => ({
    record: { ...record, ...change },
    refusal: null,
  });
  const nothing: Decision = { record, refusal: null };
  if (command.kind === 'end' && record.ended) return nothing;
  if (command.epoch !== record.epoch && broken.noEpochCheck !== true) {
    return { record, refusal: 'session_fenced' };
  }
  if (record.ended) return { record, refusal: 'session_ended' };
  switch (command.kind) {
    case 'final': {
      const { final } = command;
      const same = record.finals.find(({ segment }) => segment === final.segment);
      const isSame = same?.startSeq === final.startSeq && same.endSeq === final.endSeq;
      const isNext = final.segment === record.nextSegment && final.startSeq >= record.ackedSeq;
      if (broken.noPlaceCheck !== true) {
        if (isSame) return nothing;
        if (!isNext) return { record, refusal: 'final_misplaced' };
      }
      return accept({
        ackedSeq: final.endSeq,
        nextSegment: final.segment + 1,
        finals: [...record.finals, final],
      });
    }
    case 'silence':
      return command.ackedSeq > record.ackedSeq ? accept({ ackedSeq: command.ackedSeq }) : nothing;
    case 'gap': {
      const { gap } = command;
      const isKnown = record.gaps.some(
        ({ startSeq, endSeq }) => startSeq === gap.startSeq && endSeq === gap.endSeq,
      );
      if (isKnown) return nothing;
      const reaches = gap.startSeq <= record.ackedSeq && gap.endSeq > record.ackedSeq;
      return accept({
        gaps: [...record.gaps, gap],
        ...(reaches ? { ackedSeq: gap.endSeq } : {}),
      });
    }
    case 'end':
      return accept({ ended: true });
  }
}
