import type { VoiceSpan } from '../../bench/quality/voice-spans.ts';
import type { FinalCaption, PlacedEntry } from '../../shared/captions.ts';
import { FRAME_MS } from '../../shared/limits.ts';
import { judgeReader, type ReaderVerdict } from './judge-reader.ts';

/** Frames [fromSeq, toSeq) of a session. */
export interface FrameRun {
  readonly fromSeq: number;
  readonly toSeq: number;
}

/** What one session really spoke, whatever became of it. */
export interface SpokenSession {
  readonly session: string;
  readonly language: string;
  /** Frames that its client took: 0 to this one. */
  readonly frames: number;
  /** Where a reference pass over the recordings hears speech, on the session's timeline. */
  readonly voice: readonly VoiceSpan[];
  /** What the client declared as never sent. */
  readonly gaps: readonly FrameRun[];
}

/** All that one client showed, in the order in which it showed it, over all its connections. */
export interface ReaderLog {
  /** For reports. */
  readonly name: string;
  /** Read beside what is spoken; the spoken language itself for none. */
  readonly language: string;
  readonly entries: readonly PlacedEntry[];
}

export interface SessionVerdict {
  readonly session: string;
  /** [INV1] Frames of speech that lie in no final and in no declared gap; 0 is right. */
  readonly lostFrames: number;
  readonly lostRuns: readonly FrameRun[];
  /** [INV2] Frames that lie in two finals; 0 is right. */
  readonly doubledFrames: number;
  /** Frames that the client declared as never sent. */
  readonly gapFrames: number;
  readonly speechFrames: number;
  /** As spoken, in the order of their segments: what any reader saw. */
  readonly finals: readonly FinalCaption[];
  readonly readers: readonly ReaderVerdict[];
  /** Everything that is wrong, in words without what was said; empty is right. */
  readonly problems: readonly string[];
}

/**
 * Holds a session's finals, as its readers saw them, against what was spoken: INV1, INV2, INV3 and
 * that each translation came once (INV6). Pure.
 */
export function judgeSession(spoken: SpokenSession, logs: readonly ReaderLog[]): SessionVerdict {
  const finals = allFinals(spoken, logs);
  const covered = coverage(finals, spoken.frames);
  const declared = new Uint8Array(spoken.frames);
  for (const { fromSeq, toSeq } of spoken.gaps) declared.fill(1, fromSeq, toSeq);
  const speech = speechFrames(spoken);
  const lostRuns = runsWhere(
    speech.map((is, frame) => (is === 1 && covered[frame] === 0 && declared[frame] === 0 ? 1 : 0)),
  );
  const lostFrames = framesIn(lostRuns);
  const doubledFrames = framesIn(runsWhere(covered.map((count) => (count > 1 ? 1 : 0))));
  const readers = logs.map((log) => judgeReader(spoken, finals, log));
  return {
    session: spoken.session,
    lostFrames,
    lostRuns,
    doubledFrames,
    gapFrames: framesIn(spoken.gaps),
    speechFrames: speech.reduce((sum, is) => sum + is, 0),
    finals,
    readers,
    problems: [
      ...(lostFrames > 0 ? [`[INV1] ${lostFrames} frames lost: ${listed(lostRuns)}`] : []),
      ...(doubledFrames > 0 ? [`[INV2] ${doubledFrames} frames lie in two finals`] : []),
      ...readers.flatMap(({ problems }) => problems),
    ],
  };
}

/** Every different final as spoken that any reader saw; two of one segment both stay. */
function allFinals({ session, language }: SpokenSession, logs: readonly ReaderLog[]) {
  const found = new Map<string, FinalCaption>();
  for (const entry of logs.flatMap(({ entries }) => entries)) {
    if (entry.type !== 'final' || entry.caption.session !== session) continue;
    const { segment, startSeq, endSeq } = entry.caption;
    if (entry.caption.language !== language) continue;
    found.set(`${segment}/${startSeq}/${endSeq}`, entry.caption);
  }
  return [...found.values()].sort((a, b) => a.segment - b.segment || a.startSeq - b.startSeq);
}

/** In how many finals each frame lies. */
function coverage(finals: readonly FinalCaption[], frames: number): Uint8Array {
  const covered = new Uint8Array(frames);
  for (const { startSeq, endSeq } of finals) {
    for (let frame = startSeq; frame < Math.min(endSeq, frames); frame += 1) {
      covered[frame] = Math.min(255, (covered[frame] ?? 0) + 1);
    }
  }
  return covered;
}

/** 1 for each frame that is speech from end to end. */
function speechFrames({ voice, frames }: SpokenSession): Uint8Array {
  const speech = new Uint8Array(frames);
  for (const { startMs, endMs } of voice) {
    speech.fill(1, Math.ceil(startMs / FRAME_MS), Math.floor(endMs / FRAME_MS));
  }
  return speech;
}

function runsWhere(flags: Uint8Array): FrameRun[] {
  const runs: { fromSeq: number; toSeq: number }[] = [];
  for (const [frame, flag] of flags.entries()) {
    if (flag === 0) continue;
    const last = runs.at(-1);
    if (last?.toSeq === frame) last.toSeq = frame + 1;
    else runs.push({ fromSeq: frame, toSeq: frame + 1 });
  }
  return runs;
}

function framesIn(runs: readonly FrameRun[]): number {
  return runs.reduce((sum, { fromSeq, toSeq }) => sum + toSeq - fromSeq, 0);
}

function listed(runs: readonly FrameRun[]): string {
  return runs.map(({ fromSeq, toSeq }) => `[${fromSeq}, ${toSeq})`).join(', ');
}
