import {
  captionIn,
  countShownWords,
  finalText,
  type SegmentRecord,
} from '../live/session-record.ts';
import {
  addErasure,
  type Erasure,
  erasure,
  NO_ERASURE,
  normalizedErasure,
} from '../scoring/erasure.ts';
import { type Spread, spread } from '../scoring/percentiles.ts';
import {
  addErrors,
  errorRate,
  NO_WORD_ERRORS,
  type WordErrors,
  wordErrors,
} from '../scoring/wer.ts';
import { type ClipOutcome, shownSegments } from './outcome.ts';
import { onsetAfter, speechEndWithin } from './voice-spans.ts';

/** The language that every clip is spoken as. */
export const SPOKEN = 'en';
const MS_PER_MINUTE = 60_000;

export interface WordScore {
  readonly clips: number;
  readonly seconds: number;
  readonly live: WordErrors & { readonly rate: number };
  readonly whole: WordErrors & { readonly rate: number };
  readonly wholeAfterOpus: WordErrors & { readonly rate: number };
  readonly segments: number;
  readonly heldBack: number;
  readonly failed: number;
}

/** Word errors of the live path beside the same model given each clip at once. */
export function scoreWords(outcomes: readonly ClipOutcome[]): WordScore {
  const live = outcomes.map((each) =>
    wordErrors(each.reference, finalText(shownSegments(each), SPOKEN)),
  );
  const whole = outcomes.map((each) => wordErrors(each.reference, each.whole));
  const afterOpus = outcomes.map((each) => wordErrors(each.reference, each.wholeAfterOpus));
  return {
    clips: outcomes.length,
    seconds: sum(outcomes.map((each) => each.seconds)),
    live: rated(live),
    whole: rated(whole),
    wholeAfterOpus: rated(afterOpus),
    segments: outcomes.flatMap(shownSegments).length,
    heldBack: outcomes.flatMap(shownSegments).filter(isHeldBack).length,
    failed: outcomes.filter(({ live: { kind } }) => kind === 'failed').length,
  };
}

export interface ShownScore {
  readonly clips: number;
  readonly minutes: number;
  /** Words in finals: what stays on the page. */
  readonly finalWords: number;
  readonly finalWordsPerMinute: number;
  /** Words that partials showed at the most and no final kept. */
  readonly passingWords: number;
  readonly passingWordsPerMinute: number;
  readonly segments: number;
  readonly heldBack: number;
  readonly failed: number;
}

/** Words shown where none should be: no speech, or speech in a language that is not recognised. */
export function scoreShown(outcomes: readonly ClipOutcome[]): ShownScore {
  const segments = outcomes.flatMap(shownSegments);
  const minutes = sum(outcomes.map((each) => each.seconds * 1000)) / MS_PER_MINUTE;
  const finalWords = sum(segments.map(wordsInFinal));
  const passingWords = sum(
    segments.map((segment) => Math.max(0, mostWordsInPartials(segment) - wordsInFinal(segment))),
  );
  return {
    clips: outcomes.length,
    minutes,
    finalWords,
    finalWordsPerMinute: minutes === 0 ? 0 : finalWords / minutes,
    passingWords,
    passingWordsPerMinute: minutes === 0 ? 0 : passingWords / minutes,
    segments: segments.length,
    heldBack: segments.filter(isHeldBack).length,
    failed: outcomes.filter(({ live }) => live.kind === 'failed').length,
  };
}

export interface LatencyScore {
  /** Onset of a segment's speech to the first words shown of it. */
  readonly firstWordsMs: Spread;
  /** End of a segment's speech to its final. */
  readonly finalLagMs: Spread;
  /** End of a segment's speech to its final in each other language. */
  readonly translationLagMs: Readonly<Record<string, Spread>>;
  /** Of each clip the packet that left latest: where it is much, the delays are the machine's. */
  readonly sentLateMs: Spread;
}

/** Only meaningful where the clips were spoken at real-time pace. */
export function scoreLatency(
  outcomes: readonly ClipOutcome[],
  translated: readonly string[],
): LatencyScore {
  const lagsIn = (language: string): number[] =>
    perSegment(outcomes, (segment, { voice }) => {
      const endMs = speechEndWithin(voice, segment.startMs, segment.endMs);
      const final = captionIn(segment, language)?.final;
      if (endMs === null || final === null || final === undefined || final.text === '') return null;
      return final.atMs - endMs;
    });
  const firstWords = perSegment(outcomes, (segment, { voice }) => {
    const onsetMs = onsetAfter(voice, segment.startMs);
    const shownAtMs = firstShownAt(segment);
    if (onsetMs === null || onsetMs >= segment.endMs || shownAtMs === null) return null;
    return shownAtMs - onsetMs;
  });
  return {
    firstWordsMs: spread(firstWords),
    finalLagMs: spread(lagsIn(SPOKEN)),
    translationLagMs: Object.fromEntries(
      translated.map((language) => [language, spread(lagsIn(language))]),
    ),
    sentLateMs: spread(
      outcomes.flatMap(({ live }) => (live.kind === 'spoken' ? live.sentLateMs : [])),
    ),
  };
}

export interface FlickerScore extends Erasure {
  readonly language: string;
  /** Normalized erasure over all segments together. */
  readonly normalizedErasure: number;
  /** The same of the part alone that was shown as not changing any more. */
  readonly stableErasure: number;
  readonly partials: number;
}

/** How much of what was shown in one language was taken back. */
export function scoreFlicker(outcomes: readonly ClipOutcome[], language: string): FlickerScore {
  let total = NO_ERASURE;
  let stable = NO_ERASURE;
  let partials = 0;
  for (const segment of outcomes.flatMap(shownSegments)) {
    const caption = captionIn(segment, language);
    if (caption === null) continue;
    partials += caption.partials.length;
    const final = caption.final === null ? [] : [caption.final.text];
    const whole = caption.partials.map(({ text }) => text);
    const fixed = caption.partials.map(({ text, stableLength }) => text.slice(0, stableLength));
    total = addErasure(total, erasure([...whole, ...final]));
    stable = addErasure(stable, erasure([...fixed, ...final]));
  }
  return {
    language,
    ...total,
    normalizedErasure: normalizedErasure(total),
    stableErasure: normalizedErasure(stable),
    partials,
  };
}

function rated(errors: readonly WordErrors[]): WordErrors & { rate: number } {
  const total = errors.reduce(addErrors, NO_WORD_ERRORS);
  return { ...total, rate: errorRate(total) };
}

function perSegment(
  outcomes: readonly ClipOutcome[],
  measure: (segment: SegmentRecord, outcome: ClipOutcome) => number | null,
): number[] {
  return outcomes.flatMap((outcome) =>
    shownSegments(outcome)
      .map((segment) => measure(segment, outcome))
      .filter((value) => value !== null),
  );
}

function firstShownAt(segment: SegmentRecord): number | null {
  const caption = captionIn(segment, SPOKEN);
  const final = caption?.final ?? null;
  const shown = [...(caption?.partials ?? []), ...(final === null ? [] : [final])];
  return shown.find(({ text }) => text !== '')?.atMs ?? null;
}

function wordsInFinal(segment: SegmentRecord): number {
  return countShownWords(captionIn(segment, SPOKEN)?.final?.text ?? '');
}

function mostWordsInPartials(segment: SegmentRecord): number {
  const partials = captionIn(segment, SPOKEN)?.partials ?? [];
  return Math.max(0, ...partials.map(({ text }) => countShownWords(text)));
}

function isHeldBack(segment: SegmentRecord): boolean {
  return captionIn(segment, SPOKEN)?.final?.notice === 'not_understood';
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
