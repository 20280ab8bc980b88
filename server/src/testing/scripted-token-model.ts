import type { Predictions, TokenModel } from '../recognition/moonshine/token-model.ts';

/** A token model for tests whose next token is a function of everything read before it. */
export class ScriptedTokenModel implements TokenModel {
  readonly #next: (read: readonly number[]) => number;
  readonly #logProbabilityOf: (token: number) => number;
  #read: number[] = [];
  /** Tokens of each call. */
  readonly calls: (readonly number[])[] = [];

  constructor(
    next: (read: readonly number[]) => number,
    logProbabilityOf: (token: number) => number = () => -0.1,
  ) {
    this.#next = next;
    this.#logProbabilityOf = logProbabilityOf;
  }

  async append(tokens: readonly number[]): Promise<Predictions> {
    if (tokens.length === 0) throw new Error('Expected at least one token, got none.');
    this.calls.push([...tokens]);
    const before = this.#read.length;
    this.#read = [...this.#read, ...tokens];
    const read = this.#read;
    return {
      choose: (index) => {
        if (index >= tokens.length) {
          throw new RangeError(`Expected an index below ${tokens.length}, got ${index}.`);
        }
        if (this.#read !== read) throw new Error('Expected no call after this one.');
        const token = this.#next(read.slice(0, before + index + 1));
        return { token, logProbability: this.#logProbabilityOf(token), margin: 5 };
      },
    };
  }

  truncate(length: number): void {
    this.#read = this.#read.slice(0, length);
  }
}
