import {
  DEFAULT_GUARD,
  type GuardThresholds,
  type GuardVerdict,
  guardHypothesis,
} from './hypothesis-guard.ts';
import type { Hypothesis } from './recognizer.ts';

/** Finals that are looked back at, and how many of them must have made no sense. */
const REMEMBERED_FINALS = 3;
const DOUBTFUL_FINALS = 2;
/** Shorter ones tell little about the language. */
const MIN_TELLING_WORDS = 3;
/** How much likelier a hypothesis must be while the speaker is not understood. */
const DOUBT = 0.25;

/**
 * The guard of one session: who was not understood twice of late probably speaks another language,
 * and what sounds like English by chance is held back too. Half as many invented words get
 * through, and none of the English ones is lost (bench/calibrate-guard.ts).
 */
export class SessionGuard {
  readonly #thresholds: GuardThresholds;
  readonly #nonsense: boolean[] = [];

  constructor(thresholds: GuardThresholds = DEFAULT_GUARD) {
    this.#thresholds = thresholds;
  }

  /** Judges a partial or a final; only finals are remembered. */
  judge(hypothesis: Hypothesis, durationMs: number, kind: 'partial' | 'final'): GuardVerdict {
    const verdict = guardHypothesis(hypothesis, durationMs, this.#thresholds);
    const strict = this.#doubtful ? guardHypothesis(hypothesis, durationMs, this.#strict) : verdict;
    if (kind === 'final' && hypothesis.text.split(' ').length >= MIN_TELLING_WORDS) {
      // Judged without the doubt, so that it can pass: it must not feed itself.
      this.#nonsense.push(verdict.kind === 'refused' && verdict.reason !== 'empty');
      if (this.#nonsense.length > REMEMBERED_FINALS) this.#nonsense.shift();
    }
    return strict;
  }

  get #doubtful(): boolean {
    return this.#nonsense.filter((nonsense) => nonsense).length >= DOUBTFUL_FINALS;
  }

  get #strict(): GuardThresholds {
    const { minMeanLogProbability, minShortMeanLogProbability } = this.#thresholds;
    return {
      ...this.#thresholds,
      minMeanLogProbability: minMeanLogProbability + DOUBT,
      minShortMeanLogProbability: minShortMeanLogProbability + DOUBT,
    };
  }
}
