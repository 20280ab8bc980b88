import { SAMPLE_RATE, SAMPLES_PER_FRAME } from '../../../shared/limits.ts';
import { DETECTOR_WINDOW_SAMPLES } from './speech-detector.ts';

/**
 * Where speech begins and ends, decided from the probabilities of 32 ms windows since the last
 * reset point and nothing else (INV9). Thresholds with hysteresis as in Silero's own VADIterator.
 */
export interface Endpointing {
  /** A window at or above this probability is speech. */
  readonly startProbability: number;
  /** Within a segment, a window below this probability is a pause. */
  readonly endProbability: number;
  /** Windows of speech in a row that open a segment. */
  readonly startWindows: number;
  /** Windows before the onset that belong to the segment, as far as the reset point allows. */
  readonly preRollWindows: number;
  /** Windows of pause that stay with the segment; the next may begin right after. */
  readonly tailWindows: number;
  /** A segment that would begin so soon after the reset point begins at it: no crumb is left out. */
  readonly adjoiningWindows: number;
  /** A pause so long settles what is read of a segment, should it be the one that closes it. */
  readonly settleWindows: number;
  /** Windows of digital silence read in the place of what follows in such a pause. */
  readonly silenceWindows: number;
  /** How long a pause closes a segment, by the segment's length: the last fitting row counts. */
  readonly pauses: readonly { readonly fromWindows: number; readonly pauseWindows: number }[];
  /** A segment never grows longer; it is cut at the quietest place of its last part. */
  readonly maxWindows: number;
  /** How far back that quietest place is looked for. */
  readonly cutSearchWindows: number;
  /** Quiet windows after which the reset point moves forward. */
  readonly quietResetWindows: number;
}

const windows = (ms: number): number =>
  Math.round((ms * SAMPLE_RATE) / 1000 / DETECTOR_WINDOW_SAMPLES);

/** Windows that are a whole number of frames too: 5 windows of 512 samples are 8 frames of 320. */
export const WINDOWS_PER_FRAME_GROUP = 5;

export const DEFAULT_ENDPOINTING: Endpointing = {
  startProbability: 0.5,
  endProbability: 0.35,
  startWindows: 2,
  preRollWindows: windows(320),
  tailWindows: windows(256),
  adjoiningWindows: windows(256),
  // Read to 544 ms behind their last word, the English clips have 9.5 % WER; 10.3 % where they are
  // cut off after 288 ms; and 9.5 % again where silence stands for the rest.
  settleWindows: windows(288),
  silenceWindows: windows(256),
  // Measured on the speech corpus: every needless cut costs about a word, since short pieces are read
  // worse; a pause of 300 ms costs three points of WER against 544, one of 704 gains 0.2.
  pauses: [
    { fromWindows: 0, pauseWindows: windows(704) },
    { fromWindows: windows(11_000), pauseWindows: windows(352) },
    { fromWindows: windows(13_500), pauseWindows: windows(192) },
  ],
  maxWindows: windows(16_000),
  cutSearchWindows: windows(3000),
  quietResetWindows: 160,
};

/** The usual endpointing, with segments no longer than a recogniser reads well. */
export function endpointingFor(maxUtteranceMs: number): Endpointing {
  const maxWindows = Math.min(DEFAULT_ENDPOINTING.maxWindows, Math.floor(windows(maxUtteranceMs)));
  return { ...DEFAULT_ENDPOINTING, maxWindows };
}

/** What is read of a segment: a part of the pause behind it makes its last words surer. */
export interface WhatIsRead {
  readonly readWindow: number;
  /** Windows of digital silence behind it. */
  readonly silenceWindows: number;
}

export type Decision =
  /** Nothing is being said. */
  | { readonly kind: 'quiet' }
  /** Nothing was said for long: forget everything before this window. */
  | { readonly kind: 'forget'; readonly beforeWindow: number }
  /** A segment is open and began at this window. */
  | { readonly kind: 'speaking'; readonly startWindow: number }
  /** It is open, and what will be read of it if nothing more is said is settled. */
  | ({ readonly kind: 'settled'; readonly startWindow: number } & WhatIsRead)
  /** The segment covers these windows; judging starts afresh at its end. */
  | ({
      readonly kind: 'close';
      readonly startWindow: number;
      readonly endWindow: number;
    } & WhatIsRead);

type State =
  | { kind: 'quiet'; speechRun: number }
  | { kind: 'speaking'; startWindow: number; lastSpeechWindow: number };

/** One endpointer serves from one reset point to the next. */
export class Endpointer {
  readonly #settings: Endpointing;
  readonly #energies: number[] = [];
  #state: State = { kind: 'quiet', speechRun: 0 };

  constructor(settings: Endpointing) {
    this.#settings = settings;
  }

  /** Judges the next window: its probability of speech and its mean square energy. */
  push(probability: number, energy: number): Decision {
    const window = this.#energies.push(energy) - 1;
    return this.#state.kind === 'quiet'
      ? this.#listen(this.#state, window, probability)
      : this.#follow(this.#state, window, probability);
  }

  /** The window that the open segment began at, or null. */
  get startWindow(): number | null {
    return this.#state.kind === 'speaking' ? this.#state.startWindow : null;
  }

  /** Windows up to the end of the open segment's last one with speech; 0 while none is open. */
  get spokenWindows(): number {
    return this.#state.kind === 'speaking' ? this.#state.lastSpeechWindow + 1 : 0;
  }

  #listen(state: { speechRun: number }, window: number, probability: number): Decision {
    const { startProbability, startWindows, quietResetWindows } = this.#settings;
    const { preRollWindows, adjoiningWindows } = this.#settings;
    state.speechRun = probability >= startProbability ? state.speechRun + 1 : 0;
    if (state.speechRun >= startWindows) {
      const earliest = window - startWindows + 1 - preRollWindows;
      const startWindow = earliest <= adjoiningWindows ? 0 : earliest;
      this.#state = { kind: 'speaking', startWindow, lastSpeechWindow: window };
      return { kind: 'speaking', startWindow };
    }
    const judged = window + 1;
    if (judged < quietResetWindows || state.speechRun > 0) return { kind: 'quiet' };
    const keep = preRollWindows + startWindows;
    const beforeWindow =
      Math.floor((judged - keep) / WINDOWS_PER_FRAME_GROUP) * WINDOWS_PER_FRAME_GROUP;
    return { kind: 'forget', beforeWindow };
  }

  #follow(
    state: { startWindow: number; lastSpeechWindow: number },
    window: number,
    probability: number,
  ): Decision {
    const { endProbability, tailWindows, maxWindows, settleWindows } = this.#settings;
    const { startWindow } = state;
    if (probability >= endProbability) state.lastSpeechWindow = window;
    const pause = window - state.lastSpeechWindow;
    const length = window + 1 - startWindow;
    if (pause >= this.#pauseFor(length)) {
      const endWindow = Math.min(state.lastSpeechWindow + 1 + tailWindows, window + 1);
      return {
        kind: 'close',
        startWindow,
        endWindow,
        ...this.#read(state.lastSpeechWindow, pause),
      };
    }
    if (length >= maxWindows) {
      const endWindow = this.#quietestWindow(window);
      return { kind: 'close', startWindow, endWindow, readWindow: endWindow, silenceWindows: 0 };
    }
    if (pause === settleWindows) {
      return { kind: 'settled', startWindow, ...this.#read(state.lastSpeechWindow, pause) };
    }
    return { kind: 'speaking', startWindow };
  }

  /** The same for a pause that is settled, whatever it grows to. */
  #read(lastSpeechWindow: number, pause: number): WhatIsRead {
    const { settleWindows, silenceWindows } = this.#settings;
    if (pause < settleWindows)
      return { readWindow: lastSpeechWindow + 1 + pause, silenceWindows: 0 };
    return { readWindow: lastSpeechWindow + 1 + settleWindows, silenceWindows };
  }

  #pauseFor(lengthWindows: number): number {
    let pauseWindows = Number.POSITIVE_INFINITY;
    for (const row of this.#settings.pauses) {
      if (lengthWindows >= row.fromWindows) pauseWindows = row.pauseWindows;
    }
    return pauseWindows;
  }

  /** The window in the last part of the segment around which three windows carry least energy. */
  #quietestWindow(window: number): number {
    let best = window;
    let bestEnergy = Number.POSITIVE_INFINITY;
    for (let at = window - 1; at > window - this.#settings.cutSearchWindows; at -= 1) {
      const around =
        (this.#energies[at - 1] ?? 0) + (this.#energies[at] ?? 0) + (this.#energies[at + 1] ?? 0);
      if (around < bestEnergy) {
        bestEnergy = around;
        best = at;
      }
    }
    return best;
  }
}

/** Frames (20 ms) that lie whole within this many windows (32 ms). */
export function framesInWindows(windowCount: number): number {
  return Math.floor((windowCount * DETECTOR_WINDOW_SAMPLES) / SAMPLES_PER_FRAME);
}
