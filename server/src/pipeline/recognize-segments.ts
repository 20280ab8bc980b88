import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import { FRAME_MS } from '../../../shared/limits.ts';
import { BoundedQueue } from '../async/bounded-queue.ts';
import type { GuardVerdict } from '../recognition/hypothesis-guard.ts';
import type { Hypothesis, RecognitionRequest } from '../recognition/recognizer.ts';
import { SessionGuard } from '../recognition/session-guard.ts';
import type { PartialKind, Turn } from '../scheduling/recognition-scheduler.ts';
import type { SpeechEvent } from '../segmentation/segment-speech.ts';
import type { DetectorMemory } from '../segmentation/speech-detector.ts';
import { carryTimes, type WordSpan } from './carry-words.ts';
import { type Correction, OpenSegment, type ShownPartial } from './open-segment.ts';
import { isFirst, type Pace, readingDue } from './reading-plan.ts';

export type Utterance =
  | ShownPartial
  | {
      readonly kind: 'final';
      readonly segment: number;
      readonly startSeq: number;
      readonly endSeq: number;
      /** Empty where nothing was said that could be read. */
      readonly text: string;
      /** When each word of `text` was said; absent where the engine cannot tell. */
      readonly wordTimes?: readonly WordSpan[];
      readonly notUnderstood: boolean;
      /** The engine that heard it, where several stand behind the recogniser. */
      readonly engine?: string;
      /** What the detector remembers at `endSeq`. */
      readonly memory: DetectorMemory | null;
    }
  | {
      readonly kind: 'silence';
      readonly ackedSeq: number;
      readonly memory: DetectorMemory | null;
    }
  | { readonly kind: 'gap'; readonly fromSeq: number; readonly toSeq: number };

export interface RecognitionSettings {
  readonly language: string;
  /** The first segment's number: segments go on counting after a resume. */
  readonly firstSegment: number;
  /** How often the open segment may be read again just now. */
  readonly pace: () => Pace;
  /** Writes the room's own terms as they are to be written. */
  readonly correct: (text: string) => Correction;
  /** Milliseconds on a clock that never steps back. */
  readonly now: () => number;
  /** Told how long each reading took, waiting included. */
  readonly observe: (kind: 'partial' | 'final', seconds: number) => void;
}

/** Utterances that wait to be published; beyond it no more audio is read (INV4). */
const MAX_UNPUBLISHED = 16;
/** Finals and what follows them under way at once for one session: enough to keep two slots busy. */
const MAX_UNDER_WAY = 2;
/** Failures of a reading that is not the final. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['recognizer_failed', 'server_busy']);

/**
 * Turns segments into text. Partials of the open segment come as the scheduler finds time; finals,
 * silence and gaps come exactly once and in the order of the audio (INV2, INV3).
 */
export async function* recognizeSegments(
  events: AsyncIterable<SpeechEvent>,
  turn: Turn,
  settings: RecognitionSettings,
): AsyncGenerator<Utterance, void, undefined> {
  const output = new BoundedQueue<Utterance>(MAX_UNPUBLISHED);
  const guard = new SessionGuard();
  const underWay: Promise<void>[] = [];
  let inOrder: Promise<void> = Promise.resolve();
  let nextSegment = settings.firstSegment;
  let open: OpenSegment | null = null;

  /** Publishes what `work` yields after everything before it; never rejects without being heard. */
  const publish = (work: Promise<Utterance>): Promise<void> => {
    const before = inOrder;
    inOrder = (async () => {
      const [utterance] = await Promise.all([work, before]);
      await output.push(utterance);
    })();
    inOrder.catch((error: unknown) => output.fail(error));
    return inOrder;
  };

  const openAt = (startSeq: number): OpenSegment => {
    if (open === null) {
      open = new OpenSegment(nextSegment, startSeq, settings.now());
      nextSegment += 1;
      turn.follow(true);
    }
    return open;
  };

  const readAgain = async (
    segment: OpenSegment,
    event: SpeechEvent & { kind: 'growing' },
    kind: PartialKind,
    dueAtMs: number,
  ) => {
    let readMs = 0;
    const hypothesis = await turn.partial(
      () => {
        const samples = event.read();
        if (samples === null) return null;
        readMs = durationMs(samples);
        segment.cover(readMs);
        return { samples, language: settings.language, draft: segment.draft, kind: 'partial' };
      },
      kind,
      dueAtMs,
    );
    if (hypothesis === null || open !== segment) return;
    settings.observe('partial', (settings.now() - dueAtMs) / 1000);
    show(segment, hypothesis, readMs);
  };

  /** Reads a segment that is over if nothing more is said, so that its final is there by then. */
  const readEarly = async (segment: OpenSegment, event: SpeechEvent & { kind: 'settled' }) => {
    const readMs = (event.heardSeq - event.startSeq) * FRAME_MS;
    segment.settled = finalRequest(event.samples);
    segment.ask(settings.now());
    segment.cover(readMs);
    const hypothesis = await turn.early(segment.settled);
    if (hypothesis !== null && open === segment) show(segment, hypothesis, readMs);
  };

  /**
   * Without a draft: what stays depends on the samples alone, not on which partials the load left
   * time for, and a draft keeps some of the errors that were made before the end was heard.
   */
  const finalRequest = (samples: Float32Array): RecognitionRequest => ({
    samples,
    language: settings.language,
    wordTimes: true,
  });

  /** What could not be read this time is read again, at the latest for the final; that one decides. */
  const unlessPassing = (error: unknown): void => {
    if (!(error instanceof AppError) || !PASSING.has(error.code)) output.fail(error);
  };

  const show = (segment: OpenSegment, hypothesis: Hypothesis, readMs: number): void => {
    if (!segment.isNews(readMs)) return;
    segment.draft = hypothesis.tokens;
    const verdict = guard.judge(hypothesis, readMs, 'partial');
    if (verdict.kind !== 'accepted') return;
    output.offer(segment.show(hypothesis, verdict.text, settings.correct(verdict.text), readMs));
  };

  const close = async (
    segment: OpenSegment,
    event: SpeechEvent & { kind: 'closed' },
  ): Promise<Utterance> => {
    const closedAt = settings.now();
    const { samples } = event;
    const { settled } = segment;
    const hypothesis = await turn.final(
      settled?.samples === samples ? settled : finalRequest(samples),
    );
    settings.observe('final', (settings.now() - closedAt) / 1000);
    const verdict = guard.judge(hypothesis, durationMs(samples), 'final');
    const text = verdict.kind === 'accepted' ? settings.correct(verdict.text).text : '';
    const wordTimes = text === '' ? [] : carryTimes(hypothesis.text, text, hypothesis.words);
    return {
      kind: 'final',
      segment: segment.number,
      startSeq: event.startSeq,
      endSeq: event.endSeq,
      text,
      ...(wordTimes === undefined || wordTimes.length === 0 ? {} : { wordTimes }),
      notUnderstood: isNotUnderstood(verdict, hypothesis),
      ...(hypothesis.engine === undefined ? {} : { engine: hypothesis.engine }),
      memory: event.memory,
    };
  };

  const read = async (): Promise<void> => {
    for await (const event of events) {
      if (event.kind === 'growing') {
        const segment = openAt(event.startSeq);
        const now = settings.now();
        const heard = {
          heardMs: (event.heardSeq - event.startSeq) * FRAME_MS,
          spokenMs: (event.spokenSeq - event.startSeq) * FRAME_MS,
        };
        const pace = settings.pace();
        const dueAtMs = readingDue(heard, segment, pace, now);
        if (dueAtMs === null) continue;
        const kind = isFirst(segment, pace) ? 'first' : 'later';
        segment.ask(now);
        readAgain(segment, event, kind, dueAtMs).catch(unlessPassing);
      } else if (event.kind === 'settled') {
        // Where there is little time, none is spent on what may not be the end.
        if (settings.pace().crowded) continue;
        const segment = openAt(event.startSeq);
        readEarly(segment, event).catch(unlessPassing);
      } else if (event.kind === 'closed') {
        const segment = openAt(event.startSeq);
        open = null;
        turn.follow(false);
        underWay.push(publish(close(segment, event)));
      } else {
        underWay.push(publish(Promise.resolve(event)));
      }
      while (underWay.length > MAX_UNDER_WAY) await underWay.shift();
    }
    await inOrder;
  };

  read().then(
    () => output.end(),
    (error: unknown) => output.fail(error),
  );
  try {
    yield* output;
  } finally {
    turn.close();
  }
}

function isNotUnderstood(verdict: GuardVerdict, hypothesis: Hypothesis): boolean {
  return verdict.kind === 'refused' && verdict.reason !== 'empty' && hypothesis.text !== '';
}

const SAMPLES_PER_MS = 16;

function durationMs(samples: Float32Array): number {
  return samples.length / SAMPLES_PER_MS;
}
