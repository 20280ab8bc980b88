/** Bounds of the Apertium adapter; every one of them is attacked by a test. */
export interface ApertiumLimits {
  /**
   * Pipelines open at the same time; the one used longest ago is closed for a new one. Each takes
   * 40 to 150 MB of memory, cat-fra 600.
   */
  readonly maxOpenPipelines: number;
  /** Texts that wait for one pipeline; beyond it partials give way to finals, then `server_busy`. */
  readonly maxWaitingTexts: number;
  /** Texts written to a pipeline and not yet answered: enough to keep its programs busy. */
  readonly maxTextsInFlight: number;
  /** Longest text of one request: more than twenty minutes of speech make. */
  readonly maxTextChars: number;
  /** Longer texts go through the pipeline in pieces of this length, so that none blocks the others. */
  readonly maxPieceChars: number;
  /** An answer longer than this is a pipeline gone wrong. */
  readonly maxAnswerBytes: number;
  /** How often a text is sent through a pipeline that dies or hangs, before `translator_failed`. */
  readonly maxTries: number;
  /** How often in a row a pipeline may fail to start before its texts are refused. */
  readonly maxStartTries: number;
  /** How long a pipeline that cannot start refuses texts before it is started again. */
  readonly brokenPauseMs: number;
  /**
   * Dictionaries take up to two seconds to load (cat-fra), ten times that on a busy machine. One
   * that dies is noticed at once.
   */
  readonly startTimeoutMs: number;
  /** A pipeline that answers nothing for this long hangs. */
  readonly answerTimeoutMs: number;
  /** A pipeline without work is closed after this time. */
  readonly idleCloseMs: number;
  /** Time between asking the programs to end and killing them. */
  readonly stopTimeoutMs: number;
}

export const APERTIUM_LIMITS: ApertiumLimits = {
  maxOpenPipelines: 8,
  maxWaitingTexts: 512,
  maxTextsInFlight: 8,
  maxTextChars: 20_000,
  maxPieceChars: 1_000,
  maxAnswerBytes: 262_144,
  maxTries: 3,
  maxStartTries: 3,
  brokenPauseMs: 10_000,
  startTimeoutMs: 60_000,
  answerTimeoutMs: 5_000,
  idleCloseMs: 300_000,
  stopTimeoutMs: 1_000,
};
