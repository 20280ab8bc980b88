import { describe, expect, it } from 'vitest';
import { MAX_TERM_LENGTH } from '../../../shared/limits.ts';
import { heardWords } from './heard-words.ts';

describe('heardWords', () => {
  it.each([
    [' par  lance, ', 'par lance'],
    ['“Par lance.”', 'Par lance'],
    ['Porto, Inez', 'Porto Inez'],
    ["O'Neil", "O'Neil"],
  ])('reads %j as %j', (picked, words) => {
    expect(heardWords(picked)).toBe(words);
  });

  it('takes no mere signs, and nothing longer than a term', () => {
    expect(heardWords(' … ')).toBeNull();
    expect(heardWords('x'.repeat(MAX_TERM_LENGTH))).not.toBeNull();
    expect(heardWords('x'.repeat(MAX_TERM_LENGTH + 1))).toBeNull();
  });
});
