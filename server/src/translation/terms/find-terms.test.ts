import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { TermRule } from '../translator.ts';
import { findTerms } from './find-terms.ts';

const rulesOf = (...terms: string[]): TermRule[] =>
  terms.map((term) => ({ term, translation: `<${term}>` }));
/** The text with its terms in brackets. */
const marked = (text: string, rules: readonly TermRule[]) => {
  const found = findTerms(text, rules);
  let at = 0;
  let out = '';
  for (const { start, end } of found.terms) {
    out += `${found.text.slice(at, start)}[${found.text.slice(start, end)}]`;
    at = end;
  }
  return out + found.text.slice(at);
};
const mark = (text: string, ...terms: string[]) => marked(text, rulesOf(...terms));

describe('findTerms', () => {
  it.each([
    ['Parlance, parlance or PARLANCE?', 'Parlance', '[Parlance], [parlance] or [PARLANCE]?'],
    ['parlances and xParlance', 'Parlance', 'parlances and xParlance'],
    ['(Parlance) "Parlance" …Parlance!', 'Parlance', '([Parlance]) "[Parlance]" …[Parlance]!'],
    ['Well...Parlance', 'Parlance', 'Well...[Parlance]'],
    ["Parlance's and Parlance’s", 'Parlance', "[Parlance]'s and [Parlance]’s"],
    ["l'Parlance d’Parlance", 'Parlance', "l'[Parlance] d’[Parlance]"],
    ["I can't, you can.", 'can', "I can't, you [can]."],
    ["O'Reilly and O’Reilly", "O'Reilly", "[O'Reilly] and [O’Reilly]"],
    ['Parlance-based, pre-Parlance', 'Parlance', '[Parlance]-based, pre-[Parlance]'],
    ['and/or Parlance/Zoom', 'Parlance', 'and/or [Parlance]/Zoom'],
  ])('%s with %s: whole words in any case', (text, term, expected) => {
    expect(mark(text, term)).toBe(expected);
  });

  it.each([
    ['The US told us, U.S. and USA, us', 'US', 'The [US] told us, U.S. and USA, us'],
    ['NATO Nato nato', 'NATO', '[NATO] Nato nato'],
    ['UNICEF Unicef unicef', 'UNICEF', '[UNICEF] [Unicef] [unicef]'],
    ['R r', 'R', '[R] r'],
    ['ÖBB öbb', 'ÖBB', '[ÖBB] öbb'],
    ['Us us US', 'Us', '[Us] [us] [US]'],
  ])('%s with %s: short capitals match themselves only', (text, term, expected) => {
    expect(mark(text, term)).toBe(expected);
  });

  it('takes capitals before small letters where both are terms', () => {
    const rules = rulesOf('it', 'IT');
    const { terms } = findTerms('IT is it.', rules);
    expect(terms.map(({ translation }) => translation)).toEqual(['<IT>', '<it>']);
  });

  it.each([
    ['C++ or C, C# and C++11', 'C++', '[C++] or C, C# and C++11'],
    ['C++ or C, C# and c', 'C', 'C++ or [C], C# and c'],
    ['Use .NET, not ASP.NET or NET.', '.NET', 'Use [.NET], not ASP.NET or NET.'],
    ['Use .NET or NET.', 'NET', 'Use .NET or [NET].'],
    ['GPT-4, gpt 4, GPT4, GPT-4.5, GPT-40', 'GPT-4', '[GPT-4], [gpt 4], GPT4, GPT-4.5, GPT-40'],
    ['Yahoo! is it, yahoo is not.', 'Yahoo!', '[Yahoo!] is it, yahoo is not.'],
    ['parlance.example me@parlance', 'Parlance', 'parlance.example me@parlance'],
    ['1,250 and 250 at 12:50, 250', '250', '1,250 and [250] at 12:50, [250]'],
  ])('%s with %s: signs and digits belong to words', (text, term, expected) => {
    expect(mark(text, term)).toBe(expected);
  });

  it.each([
    ['a break-out  room', 'a [break-out  room]'],
    ['a Break out\nroom', 'a [Break out\nroom]'],
    ['a break\u2011out\u00a0room.', 'a [break\u2011out\u00a0room].'],
    ['a break—out room', 'a break—out room'],
    ['a breakout room', 'a breakout room'],
    ['break-out rooms', 'break-out rooms'],
  ])('%s: words of a term are parted by any white space and hyphens', (text, expected) => {
    expect(mark(text, 'break-out room')).toBe(expected);
  });

  it('takes the longest from the left, never one over another', () => {
    const terms = ['New', 'New York', 'New York Times', 'York Times Square', 'Times'];
    expect(mark('New York Times Square, New York, York Times Square', ...terms)).toBe(
      '[New York Times] Square, [New York], [York Times Square]',
    );
    expect(mark('New Yorkers', ...terms)).toBe('[New] Yorkers');
  });

  it('does not care how letters are composed, and takes two for one', () => {
    expect(mark('Caf\u0065\u0301 CAF\u00c9', 'café')).toBe('[Café] [CAFÉ]');
    expect(mark('STRASSE Straße', 'Straße')).toBe('[STRASSE] [Straße]');
    expect(mark('Straße', 'stra')).toBe('Straße');
    expect(mark('ΟΔΟΣ οδος οδός', 'οδος')).toBe('[ΟΔΟΣ] [οδος] οδός');
    expect(mark('Par\u00adlance', 'Parlance')).toBe('[Par\u00adlance]');
    expect(mark('𝒳𝒴 𝒳', '𝒳')).toBe('𝒳𝒴 [𝒳]');
  });

  it('finds words where a script puts no spaces', () => {
    expect(mark('私はパリのParlanceを使う', 'Parlance', 'パリ')).toBe(
      '私は[パリ]の[Parlance]を使う',
    );
    expect(mark('서울은 Parlance는', '서울', 'Parlance')).toBe('[서울]은 [Parlance]는');
  });

  it('finds every term however many there are, each with its own translation', () => {
    const rules = rulesOf(...Array.from({ length: 1_000 }, (_, at) => `term${at}`));
    const text = rules.map(({ term }) => term).join(' and ');
    expect(findTerms(text, rules).terms.map(({ translation }) => translation)).toEqual(
      rules.map(({ translation }) => translation),
    );
  });

  it('looks at a text once, also at one that is nearly a term at every place', () => {
    const words = 200;
    const text = 'a '.repeat(words);
    const term = `${'a '.repeat(39)}b`;
    const steps = vi.spyOn(Map.prototype, 'get');
    const { terms } = findTerms(text, rulesOf(term));
    const reads = steps.mock.calls.length;
    steps.mockRestore();
    expect(terms).toEqual([]);
    expect(reads).toBeGreaterThan(words);
    expect(reads).toBeLessThan((text.length + 1) * (term.length + 1));
  });

  it('compiles an array of terms once', () => {
    let read = 0;
    const rules: TermRule[] = [
      {
        get term() {
          read += 1;
          return 'Parlance';
        },
        translation: 'Parlance',
      },
    ];
    for (let turn = 0; turn < 3; turn += 1) expect(marked('Parlance', rules)).toBe('[Parlance]');
    expect(read).toBe(1);
  });

  it('finds nothing for terms without a letter or digit, and takes any text', () => {
    expect(mark('- -- … +', '-', ' ', '', '+')).toBe('- -- … +');
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(fc.string({ unit: 'grapheme' })),
        (text, terms) => {
          const found = findTerms(text, rulesOf(...terms));
          let last = 0;
          for (const { start, end } of found.terms) {
            expect(start).toBeGreaterThanOrEqual(last);
            expect(end).toBeGreaterThan(start);
            last = end;
          }
          expect(last).toBeLessThanOrEqual(found.text.length);
        },
      ),
    );
  });

  it('finds a term wherever it stands between spaces', () => {
    const words = fc.array(fc.stringMatching(/^[a-y]{1,8}$/), { maxLength: 12 });
    fc.assert(
      fc.property(
        words,
        words,
        fc.constantFrom('Zed', 'C++', '.NET', 'z-1', 'Zé ö'),
        (a, b, term) => {
          const text = [...a, term, ...b].join(' ');
          const { terms } = findTerms(text, rulesOf(term));
          expect(terms.map(({ start, end }) => text.slice(start, end))).toEqual([term]);
        },
      ),
    );
  });
});
