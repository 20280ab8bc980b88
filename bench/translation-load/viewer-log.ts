import type { FinalCaption, PartialCaption, PlacedEntry } from '../../shared/captions.ts';

/** What one viewer saw of one segment, with the times of arrival. */
export interface SeenSegment {
  readonly startSeq: number;
  readonly endSeq: number;
  readonly text: string;
  readonly sourceAt: number;
  translation: { readonly at: number; readonly engine: string; readonly quality: string } | null;
}

export interface SeenPartials {
  /** When a partial as spoken came whose new committed words make a translation worth its cost. */
  readonly possible: number[];
  /** Each translation shown: when, and how long after the partial that it translates. */
  readonly translated: { readonly at: number; readonly lagMs: number }[];
}

/** The server translates a partial again when this many words more are committed. */
const WORTHWHILE_WORDS = 2;

/** One viewer's arrivals. Times are milliseconds of any one clock. */
export class ViewerLog {
  readonly segments = new Map<number, SeenSegment>();
  readonly partials: SeenPartials = { possible: [], translated: [] };
  /** Finals that came a second time (INV2). */
  repeated = 0;
  #open = { segment: -1, covered: 0, cameAt: new Map<number, number>() };

  entry(entry: PlacedEntry, at: number): void {
    if (entry.type !== 'final') return;
    const { caption } = entry;
    if (caption.language === caption.sourceLanguage) this.#source(caption, at);
    else this.#translation(caption, at);
  }

  partial(caption: PartialCaption, at: number): void {
    if (caption.segment !== this.#open.segment) {
      if (caption.language !== caption.sourceLanguage) return;
      this.#open = { segment: caption.segment, covered: 0, cameAt: new Map() };
    }
    if (caption.language !== caption.sourceLanguage) {
      const cameAt = this.#open.cameAt.get(caption.revision);
      if (cameAt !== undefined) this.partials.translated.push({ at, lagMs: at - cameAt });
      return;
    }
    this.#open.cameAt.set(caption.revision, at);
    const committed = caption.text.slice(0, caption.stableLength);
    const fresh = committed.slice(this.#open.covered).split(/\s+/u);
    if (fresh.filter((word) => word !== '').length < WORTHWHILE_WORDS) return;
    this.#open.covered = committed.length;
    this.partials.possible.push(at);
  }

  #source({ segment, startSeq, endSeq, text }: FinalCaption, at: number): void {
    if (this.segments.has(segment)) this.repeated += 1;
    else this.segments.set(segment, { startSeq, endSeq, text, sourceAt: at, translation: null });
  }

  #translation({ segment, engine, quality }: FinalCaption, at: number): void {
    const seen = this.segments.get(segment);
    if (seen === undefined) return;
    if (seen.translation !== null) this.repeated += 1;
    else seen.translation = { at, engine, quality };
  }
}
