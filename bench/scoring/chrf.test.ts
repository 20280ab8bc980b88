import { describe, expect, it } from 'vitest';
import { corpusChrf } from './chrf.ts';
import { SACREBLEU_VECTORS } from './sacrebleu-vectors.ts';

describe('corpusChrf', () => {
  it.each(SACREBLEU_VECTORS)('agrees with sacrebleu on $name', (vector) => {
    expect(corpusChrf(vector.hypotheses, vector.references)).toBeCloseTo(vector.chrf, 3);
  });

  it('agrees with sacrebleu on all of them as one corpus', () => {
    const hypotheses = SACREBLEU_VECTORS.flatMap((vector) => vector.hypotheses);
    const references = SACREBLEU_VECTORS.flatMap((vector) => vector.references);
    expect(corpusChrf(hypotheses, references)).toBeCloseTo(58.0988, 3);
  });

  it('wants one reference for each hypothesis', () => {
    expect(() => corpusChrf(['a'], [])).toThrow('Expected one reference');
    expect(() => corpusChrf([], [])).toThrow('at least one');
  });
});
