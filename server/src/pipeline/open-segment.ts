import { FRAME_MS } from '../../../shared/limits.ts';
import type { Hypothesis, RecognitionRequest } from '../recognition/recognizer.ts';
import { carryMargins } from './carry-words.ts';
import type { ReadSoFar } from './reading-plan.ts';
import { StablePrefix, type StableText } from './stable-prefix.ts';

/** A text with its terms put right; from `openFrom` on it may change when more is said. */
export interface Correction {
  readonly text: string;
  readonly openFrom: number;
}

export interface ShownPartial {
  readonly kind: 'partial';
  readonly segment: number;
  readonly revision: number;
  readonly startSeq: number;
  readonly heardSeq: number;
  readonly shown: StableText;
}

/** The segment that is being spoken: what was read of it, and what of that was shown. */
export class OpenSegment implements ReadSoFar {
  readonly number: number;
  readonly startSeq: number;
  /** Tokens of the newest reading. */
  draft: readonly number[] = [];
  /** What is read of it should it be over; its final is then asked for with this very request. */
  settled: RecognitionRequest | null = null;
  readonly #prefix = new StablePrefix();
  #revision = 0;
  #readings = 0;
  #readAtMs: number;
  #readMs = 0;
  #shownMs = 0;

  constructor(number: number, startSeq: number, nowMs: number) {
    this.number = number;
    this.startSeq = startSeq;
    this.#readAtMs = nowMs;
  }

  get revision(): number {
    return this.#revision;
  }

  get readings(): number {
    return this.#readings;
  }

  get readAtMs(): number {
    return this.#readAtMs;
  }

  get readMs(): number {
    return this.#readMs;
  }

  /** Another reading is asked for. */
  ask(nowMs: number): void {
    this.#readAtMs = nowMs;
    this.#readings += 1;
  }

  /** A reading covers so much of the segment. */
  cover(readMs: number): void {
    this.#readMs = Math.max(this.#readMs, readMs);
  }

  /** Whether a reading of so much says more than what is shown: two may end in another order. */
  isNews(readMs: number): boolean {
    return readMs >= this.#shownMs;
  }

  /** The next revision: `hypothesis` of the first `readMs`, accepted as `heard` and corrected. */
  show(
    hypothesis: Hypothesis,
    heard: string,
    { text, openFrom }: Correction,
    readMs: number,
  ): ShownPartial {
    this.#shownMs = readMs;
    this.#revision += 1;
    return {
      kind: 'partial',
      segment: this.number,
      revision: this.#revision,
      startSeq: this.startSeq,
      heardSeq: this.startSeq + Math.floor(readMs / FRAME_MS),
      shown: this.#prefix.push({
        text,
        openFrom,
        wordMargins: carryMargins(heard, text, hypothesis.wordMargins),
        heardMs: readMs,
      }),
    };
  }
}
