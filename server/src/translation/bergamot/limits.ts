/** Bounds of the Bergamot adapter; every one of them is attacked by a test. */
export interface BergamotLimits {
  /** Sentences that wait; beyond it partials give way to finals, then `server_busy`. */
  readonly maxWaitingSentences: number;
  /** A partial that waits longer is refused: what it says is old. */
  readonly maxPartialWaitMs: number;
  /** Sentences of one text that wait or are worked on at a time, so that none blocks the others. */
  readonly maxSentencesPerText: number;
  /** Longest text of one request: more than twenty minutes of speech make. */
  readonly maxTextChars: number;
  /** Longer sentences are cut; Marian itself cuts at 128 word pieces. */
  readonly maxSentenceChars: number;
  /** One call to Marian: eight sentences of speech take it a third of a second. */
  readonly maxBatchSentences: number;
  readonly maxBatchWords: number;
  /** The same for partials: a final waits until they are done. */
  readonly maxBatchPartials: number;
  /** A loaded model is served first, but a sentence for another one passes after waiting so long. */
  readonly maxPassedOverMs: number;
  /** Waiting sentences per worker that make another worker, or a second copy of a model, worth it. */
  readonly sentencesPerWorker: number;
  /** An instance has 2 GiB of memory; a pair of real size takes 300 to 430 MB of it. */
  readonly maxModelsPerWorker: number;
  /** Models that are loaded before anybody asks. */
  readonly maxWarmModels: number;
  /** How often a sentence is tried on workers that die, before `translator_failed`. */
  readonly maxTries: number;
  /** Workers that a model may kill before it is put aside. */
  readonly maxKills: number;
  /** One call that takes longer hangs: the worker is ended. Loading a large model takes 2 s. */
  readonly callTimeoutMs: number;
  /** How long workers that cannot start refuse sentences before it is tried again. */
  readonly brokenPauseMs: number;
  /** How often the folders are looked at for models that came or went. */
  readonly rescanMs: number;
}

export const BERGAMOT_LIMITS: BergamotLimits = {
  maxWaitingSentences: 512,
  maxPartialWaitMs: 1_500,
  maxSentencesPerText: 32,
  maxTextChars: 20_000,
  maxSentenceChars: 1_000,
  maxBatchSentences: 8,
  maxBatchWords: 200,
  maxBatchPartials: 3,
  maxPassedOverMs: 2_000,
  sentencesPerWorker: 4,
  maxModelsPerWorker: 4,
  maxWarmModels: 2,
  maxTries: 2,
  maxKills: 2,
  callTimeoutMs: 60_000,
  brokenPauseMs: 10_000,
  rescanMs: 2_000,
};
