import { countAgreed, MAX_TRIED_TOKENS, resumeDraft } from './draft-verification.ts';
import { LoopWatch } from './loop-watch.ts';
import type { TokenModel } from './token-model.ts';

export interface Decoding {
  readonly startToken: number;
  readonly endToken: number;
  readonly maxTokens: number;
  /** What an earlier reading of the same audio gave; changes the cost, never the outcome. */
  readonly draft: readonly number[];
}

export interface Decoded {
  /** Without start and end. */
  readonly tokens: readonly number[];
  /** For each token, by how much it was likelier than the runner-up (natural log). */
  readonly margins: readonly number[];
  /** Mean over the tokens that say something new and the end; null where there are none. */
  readonly meanLogProbability: number | null;
  /** Whether the model ended by itself, ran into `maxTokens`, or was stuck in a loop. */
  readonly stop: 'end' | 'limit' | 'loop';
  /** Tokens of the draft that held. */
  readonly agreed: number;
  /** Calls of the model. */
  readonly steps: number;
}

/**
 * Greedy decoding: the likeliest token, again and again. A draft is verified in a few long steps;
 * the tokens are the same as without one, as far as the model itself gives the same
 * answer to one long step as to several short ones.
 */
export async function decodeGreedily(model: TokenModel, decoding: Decoding): Promise<Decoded> {
  const { startToken, endToken, maxTokens } = decoding;
  const watch = new LoopWatch();
  const tokens: number[] = [];
  const logProbabilities: number[] = [];
  const margins: number[] = [];
  let draft: readonly number[] = decoding.draft.slice(0, maxTokens);
  let last = startToken;
  let agreedInAll = 0;
  let steps = 0;

  const finish = (stop: Decoded['stop']): Decoded => ({
    tokens,
    margins,
    meanLogProbability: meanOfNew(logProbabilities, watch.repeated),
    stop,
    agreed: agreedInAll,
    steps,
  });

  for (;;) {
    const tried = draft.slice(0, MAX_TRIED_TOKENS);
    const predictions = await model.append([last, ...tried]);
    steps += 1;
    const agreed = countAgreed(tried, predictions);
    for (let index = 0; index <= agreed; index += 1) {
      const { token, logProbability, margin } = predictions.choose(index);
      if (token === endToken) {
        logProbabilities.push(logProbability);
        return finish('end');
      }
      if (tokens.length >= maxTokens) return finish('limit');
      tokens.push(token);
      logProbabilities.push(logProbability);
      margins.push(margin);
      watch.push(token);
      if (index < agreed) agreedInAll += 1;
      last = token;
      if (watch.stuck) return finish('loop');
    }
    // The start token and all but the last of the tokens stay read.
    model.truncate(tokens.length);
    draft = resumeDraft(draft.slice(agreed), last);
  }
}

function meanOfNew(logProbabilities: readonly number[], repeated: readonly boolean[]) {
  const counted = logProbabilities.filter((_, index) => repeated[index] !== true);
  if (counted.length === 0) return null;
  const mean = counted.reduce((sum, value) => sum + value, 0) / counted.length;
  return Number.isFinite(mean) ? mean : null;
}
