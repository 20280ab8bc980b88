import { describe, expect, it } from 'vitest';
import { corpusBleu } from './bleu.ts';
import { SACREBLEU_VECTORS } from './sacrebleu-vectors.ts';

describe('corpusBleu', () => {
  it.each(SACREBLEU_VECTORS)('agrees with sacrebleu on $name', (vector) => {
    expect(corpusBleu(vector.hypotheses, vector.references)).toBeCloseTo(vector.bleu, 3);
  });

  it('agrees with sacrebleu on all of them as one corpus', () => {
    const hypotheses = SACREBLEU_VECTORS.flatMap((vector) => vector.hypotheses);
    const references = SACREBLEU_VECTORS.flatMap((vector) => vector.references);
    expect(corpusBleu(hypotheses, references)).toBeCloseTo(44.9051, 3);
  });

  it('wants one reference for each hypothesis', () => {
    expect(() => corpusBleu(['a'], [])).toThrow('Expected one reference');
    expect(() => corpusBleu([], [])).toThrow('at least one');
  });
});
