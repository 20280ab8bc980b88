import { FRAME_MS } from '../../shared/limits.ts';
import { captionIn, type SegmentRecord } from '../live/session-record.ts';
import type { VoiceSpan } from '../quality/voice-spans.ts';
import { addErasure, erasure, NO_ERASURE, normalizedErasure } from '../scoring/erasure.ts';
import { type Delays, delays } from '../scoring/percentiles.ts';
import type { ReadyClip } from './prepare-clips.ts';
import { scoreWords, type WordScore } from './score-words.ts';
import { type SessionScript, voiceOf } from './script.ts';
import type { SessionLog } from './session-log.ts';

/** Two detectors differ at the edges: speech that a segment has less of belongs to its neighbour. */
const MIN_OVERLAP_MS = 100;

/** One session with what it was to speak. */
export interface SpokenSession {
  readonly script: SessionScript;
  readonly log: SessionLog;
}

/** One measured delay, for plots. */
export interface DelayPoint {
  /** Since the first speaker began. */
  readonly atMs: number;
  readonly delayMs: number;
}

export interface SpeakersScore {
  readonly firstPartial: readonly DelayPoint[];
  readonly finalLag: readonly DelayPoint[];
  readonly translationLag: readonly DelayPoint[];
  /** Between two partials of a segment; `atMs` is that of the later. */
  readonly rhythm: readonly DelayPoint[];
  readonly words: WordScore;
  readonly erasure: { readonly transcript: number; readonly translation: number | null };
  readonly stableErasure: { readonly transcript: number; readonly translation: number | null };
  readonly lost: LostSpeech;
  readonly refused: Readonly<Record<string, number>>;
  readonly died: Readonly<Record<string, number>>;
  readonly missingTranslations: number;
  readonly reconnects: number;
  readonly segments: number;
  readonly partials: number;
  readonly audioSeconds: number;
  readonly speechSeconds: number;
  /** From arriving to the answer of the start. */
  readonly startMs: Delays;
  /** From each session's first speech to the first text of it. */
  readonly firstOfSessionMs: Delays;
  readonly sentLateMs: Delays;
  /** Share of the sessions that were told that captions are slower. */
  readonly toldSlow: number;
}

export interface LostSpeech {
  /** Frames that hold speech by the reference pass and lie in no final. */
  readonly frames: number;
  /** The longer stretches of them: beyond what two passes of a detector differ by. */
  readonly runs: readonly LostRun[];
  /** Frames that clients declared as never sent. */
  readonly gapFrames: number;
}

export interface LostRun {
  readonly session: number;
  readonly atMs: number;
  readonly ms: number;
  readonly clip: string;
  readonly inClipMs: number;
}

const LISTED_RUN_MS = 200;
const MAX_LISTED_RUNS = 50;

/** Everything that can be told from what clients saw; pure. */
export function scoreSessions(
  sessions: readonly SpokenSession[],
  clips: readonly ReadyClip[],
  wholeTexts: ReadonlyMap<string, string>,
  language: string,
  translation: string | null,
): SpeakersScore {
  const began = Math.min(...sessions.map(({ log }) => log.beganAt));
  const admitted = sessions.filter(({ log }) => log.end.kind !== 'refused');
  const measured = admitted.map((session, index) => ({
    ...session,
    index,
    voice: voiceOf(session.script, clips),
    offsetMs: session.log.beganAt - began,
  }));
  const points = (
    measure: (segment: SegmentRecord, voice: readonly VoiceSpan[]) => readonly DelayPoint[],
  ): DelayPoint[] =>
    measured.flatMap(({ log, voice, offsetMs }) =>
      log.segments.flatMap((segment) =>
        measure(segment, voice).map(({ atMs, delayMs }) => ({
          atMs: Math.round(atMs + offsetMs),
          delayMs: Math.round(delayMs),
        })),
      ),
    );
  const segments = measured.flatMap(({ log }) => log.segments);
  const first = points((segment, voice) => firstShown(segment, voice, language));
  return {
    firstPartial: first,
    finalLag: points((segment, voice) => lagOf(segment, voice, language)),
    translationLag:
      translation === null ? [] : points((segment, voice) => lagOf(segment, voice, translation)),
    rhythm: points((segment) => intervals(segment, language)),
    words: scoreWords(measured, clips, wholeTexts, language),
    ...erasures(segments, language, translation),
    lost: lostSpeech(measured, clips),
    refused: countCodes(sessions, 'refused'),
    died: countCodes(sessions, 'died'),
    missingTranslations:
      translation === null
        ? 0
        : measured
            .filter(({ script }) => script.translated)
            .flatMap(({ log }) => log.segments)
            .filter((segment) => {
              const text = captionIn(segment, language)?.final?.text ?? '';
              return text !== '' && !captionIn(segment, translation)?.final;
            }).length,
    reconnects: measured.reduce((sum, { log }) => sum + log.reconnects, 0),
    segments: segments.length,
    partials: segments.reduce(
      (sum, segment) => sum + (captionIn(segment, language)?.partials.length ?? 0),
      0,
    ),
    audioSeconds: measured.reduce((sum, { log }) => sum + (log.sentFrames * FRAME_MS) / 1000, 0),
    speechSeconds: measured.reduce((sum, { voice }) => sum + speechMs(voice) / 1000, 0),
    startMs: delays(measured.flatMap(({ log }) => log.startedAfterMs ?? [])),
    firstOfSessionMs: delays(
      measured.flatMap(({ log, voice }) => {
        const shown = log.segments.flatMap((each) => firstShown(each, voice, language));
        return shown[0]?.delayMs ?? [];
      }),
    ),
    sentLateMs: delays(measured.flatMap(({ log }) => log.lateMs)),
    toldSlow:
      measured.length === 0
        ? 0
        : measured.filter(({ log }) => log.slowAtMs.length > 0).length / measured.length,
  };
}

/** From the onset of a segment's speech to the first text that was shown of it. */
function firstShown(
  segment: SegmentRecord,
  voice: readonly VoiceSpan[],
  language: string,
): DelayPoint[] {
  const speech = speechWithin(voice, segment);
  const caption = captionIn(segment, language);
  const shown = [...(caption?.partials ?? []), ...(caption?.final ? [caption.final] : [])];
  const firstAtMs = shown.find(({ text }) => text !== '')?.atMs;
  if (speech === null || firstAtMs === undefined) return [];
  return [{ atMs: firstAtMs, delayMs: firstAtMs - speech.startMs }];
}

/** From a segment's last speech to its final in a language. */
function lagOf(
  segment: SegmentRecord,
  voice: readonly VoiceSpan[],
  language: string,
): DelayPoint[] {
  const speech = speechWithin(voice, segment);
  const final = captionIn(segment, language)?.final ?? null;
  if (speech === null || final === null) return [];
  return [{ atMs: final.atMs, delayMs: final.atMs - speech.endMs }];
}

/** Where the speech of a segment begins and ends by the reference pass, or null where it has none. */
export function speechWithin(
  voice: readonly VoiceSpan[],
  { startMs, endMs }: Pick<SegmentRecord, 'startMs' | 'endMs'>,
): VoiceSpan | null {
  const parts = voice
    .map((span) => ({
      startMs: Math.max(span.startMs, startMs),
      endMs: Math.min(span.endMs, endMs),
    }))
    .filter((part) => part.endMs - part.startMs >= MIN_OVERLAP_MS);
  const first = parts[0];
  const last = parts.at(-1);
  if (first === undefined || last === undefined) return null;
  return { startMs: first.startMs, endMs: last.endMs };
}

function intervals(segment: SegmentRecord, language: string): DelayPoint[] {
  const partials = captionIn(segment, language)?.partials ?? [];
  return partials.slice(1).map(({ atMs }, index) => ({
    atMs,
    delayMs: atMs - (partials[index]?.atMs ?? atMs),
  }));
}

function erasures(
  segments: readonly SegmentRecord[],
  language: string,
  translation: string | null,
): Pick<SpeakersScore, 'erasure' | 'stableErasure'> {
  const of = (read: string, stableOnly: boolean): number => {
    let total = NO_ERASURE;
    for (const segment of segments) {
      const caption = captionIn(segment, read);
      if (caption === null) continue;
      const shown = caption.partials.map(({ text, stableLength }) =>
        stableOnly ? text.slice(0, stableLength) : text,
      );
      const final = caption.final === null ? [] : [caption.final.text];
      total = addErasure(total, erasure([...shown, ...final]));
    }
    return normalizedErasure(total);
  };
  const both = (stableOnly: boolean) => ({
    transcript: of(language, stableOnly),
    translation: translation === null ? null : of(translation, stableOnly),
  });
  return { erasure: both(false), stableErasure: both(true) };
}

/** [INV1] Frames that hold speech by the reference pass and lie in no final. */
export function lostSpeech(
  sessions: readonly SpokenSession[],
  clips: readonly Pick<ReadyClip, 'id' | 'voice' | 'frames'>[],
): LostSpeech {
  let frames = 0;
  const runs: LostRun[] = [];
  for (const [session, { script, log }] of sessions.entries()) {
    const covered = coveredFrames(log, script.frames);
    for (const { clip, startFrame } of script.placements) {
      const { id = '', voice = [] } = clips[clip] ?? {};
      for (const { startMs, endMs } of voice) {
        // Only frames that are speech from end to end.
        const end = startFrame + Math.floor(endMs / FRAME_MS);
        let run = 0;
        for (let frame = startFrame + Math.ceil(startMs / FRAME_MS); frame <= end; frame += 1) {
          if (frame < end && covered[frame] !== 1) {
            run += 1;
            continue;
          }
          frames += run;
          if (run * FRAME_MS >= LISTED_RUN_MS && runs.length < MAX_LISTED_RUNS) {
            const first = frame - run;
            runs.push({
              session,
              atMs: first * FRAME_MS,
              ms: run * FRAME_MS,
              clip: id,
              inClipMs: (first - startFrame) * FRAME_MS,
            });
          }
          run = 0;
        }
      }
    }
  }
  return { frames, runs, gapFrames: sessions.reduce((sum, { log }) => sum + log.gapFrames, 0) };
}

/** 1 for every frame that lies in a final. */
function coveredFrames({ segments }: SessionLog, frames: number): Uint8Array {
  const covered = new Uint8Array(frames);
  for (const { captions } of segments) {
    for (const { final } of captions) {
      if (final !== null) covered.fill(1, final.startSeq, final.endSeq);
    }
  }
  return covered;
}

function countCodes(
  sessions: readonly SpokenSession[],
  kind: 'refused' | 'died',
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { log } of sessions) {
    if (log.end.kind !== kind) continue;
    counts[log.end.code] = (counts[log.end.code] ?? 0) + 1;
  }
  return counts;
}

function speechMs(voice: readonly VoiceSpan[]): number {
  return voice.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}
