/** What decoding needs of a model that tells the next token: so that it can be tested without one. */
export interface TokenModel {
  /**
   * Reads further tokens and tells, for each of them, what should come next. The answer is valid
   * until the next call.
   */
  append(tokens: readonly number[]): Promise<Predictions>;
  /** Forgets everything but the first `length` tokens read. */
  truncate(length: number): void;
}

export interface Predictions {
  /** The likeliest token after the token at `index` of those just read. */
  choose(index: number): TokenChoice;
}

export interface TokenChoice {
  readonly token: number;
  /** Natural logarithm of its probability. */
  readonly logProbability: number;
  /** By how much its log probability exceeds the runner-up's. */
  readonly margin: number;
}
