import type { CaptionNotice, FinalCaption, PartialCaption } from '../../shared/captions.ts';

/** A text and when it arrived, in milliseconds since the clip's first sample was spoken. */
export interface ShownText {
  readonly text: string;
  readonly atMs: number;
}

export interface ShownPartial extends ShownText {
  /** Characters at the start that are shown as not changing any more. */
  readonly stableLength: number;
}

export interface ShownFinal extends ShownText {
  readonly engine: string;
  readonly notice: CaptionNotice | null;
  /** Frames [startSeq, endSeq) of the session that it covers. */
  readonly startSeq: number;
  readonly endSeq: number;
}

/** All that was shown of one segment in one language. */
export interface CaptionRecord {
  readonly language: string;
  readonly partials: readonly ShownPartial[];
  readonly final: ShownFinal | null;
}

export interface SegmentRecord {
  readonly segment: number;
  readonly startMs: number;
  /** Of the final; of the last partial where there is none. */
  readonly endMs: number;
  readonly captions: readonly CaptionRecord[];
}

interface OpenCaption {
  readonly language: string;
  readonly partials: ShownPartial[];
  final: ShownFinal | null;
}

interface OpenSegment {
  startMs: number;
  endMs: number;
  readonly captions: Map<string, OpenCaption>;
}

/** Writes down what one session's reader sees, in the order in which it arrives. */
export class SessionRecorder {
  readonly #segments = new Map<number, OpenSegment>();
  /** The newest segment with a final, by language. */
  readonly #lastFinals = new Map<string, number>();

  partial(caption: PartialCaption, atMs: number): void {
    const { partials } = this.#captionOf(caption);
    const { text, stableLength } = caption;
    partials.push({ text, stableLength, atMs });
  }

  /**
   * A second final of the same segment and language is a broken promise (INV2), and so is one behind
   * a later segment's (INV3): both throw.
   */
  final(caption: FinalCaption, atMs: number): void {
    const last = this.#lastFinals.get(caption.language) ?? -1;
    if (caption.segment < last) {
      throw new Error(
        `Expected finals in ${caption.language} in order, got segment ${caption.segment} after ${last}.`,
      );
    }
    this.#lastFinals.set(caption.language, caption.segment);
    const record = this.#captionOf(caption);
    if (record.final !== null) {
      throw new Error(
        `Expected one final of segment ${caption.segment} in ${caption.language}, got two.`,
      );
    }
    const { text, engine, notice = null, startSeq, endSeq } = caption;
    record.final = { text, engine, notice, atMs, startSeq, endSeq };
  }

  /** In the order of the audio. */
  get segments(): readonly SegmentRecord[] {
    return [...this.#segments.entries()]
      .sort(([a], [b]) => a - b)
      .map(([segment, { startMs, endMs, captions }]) => ({
        segment,
        startMs,
        endMs,
        captions: [...captions.values()],
      }));
  }

  #captionOf(caption: PartialCaption | FinalCaption): OpenCaption {
    const { segment, language, startMs, endMs } = caption;
    const known = this.#segments.get(segment);
    const open = known ?? { startMs, endMs, captions: new Map<string, OpenCaption>() };
    if (known === undefined) this.#segments.set(segment, open);
    open.startMs = startMs;
    open.endMs = Math.max(open.endMs, endMs);
    const record = open.captions.get(language) ?? { language, partials: [], final: null };
    open.captions.set(language, record);
    return record;
  }
}

/** What was shown of a segment in one language, or null where nothing was. */
export function captionIn(segment: SegmentRecord, language: string): CaptionRecord | null {
  return segment.captions.find((caption) => caption.language === language) ?? null;
}

/** Every final text in one language, joined: what stays on the page. */
export function finalText(segments: readonly SegmentRecord[], language: string): string {
  return segments
    .map((segment) => captionIn(segment, language)?.final?.text ?? '')
    .filter((text) => text !== '')
    .join(' ');
}

/** Words as a reader would count them. */
export function countShownWords(text: string): number {
  return text.split(/\s+/).filter((token) => /[\p{L}\p{N}]/u.test(token)).length;
}
