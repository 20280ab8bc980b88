import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalizeEnglish } from './normalize-english.ts';

const same = (a: string, b: string): void =>
  expect(normalizeEnglish(a)).toEqual(normalizeEnglish(b));

test('case, punctuation, spacing and accents do not count', () => {
  expect(normalizeEnglish('  The “Old” man — dog-tired, wasn’t… naïve?! ')).toEqual([
    'the',
    'old',
    'man',
    'dog',
    'tired',
    'was',
    'not',
    'naive',
  ]);
});

test('contractions and possessives', () => {
  same("we're, I'll, they've, I'm, he'd", 'we are I will they have I am he would');
  same("won't can't cannot don't", 'will not can not can not do not');
  same("let's", 'let us');
  same("God bless 'em", 'god bless them');
  // Either reading of 's becomes the same words on both sides.
  expect(normalizeEnglish("the man's hat")).toEqual(['the', 'man', 'is', 'hat']);
  same("'quoted words'", 'quoted words');
});

test('fillers and annotations are no words', () => {
  same('Um, so this is uh the, hmm, [laughter] sick corpus (coughs)', 'so this is the sick corpus');
});

test('titles and spellings', () => {
  same('Mr. Quilter and Dr. Smith', 'mister quilter and doctor smith');
  same(
    'its splendours, coloured grey; recognised neighbours',
    'its splendors colored gray recognized neighbors',
  );
  same('all right, OK', 'alright okay');
});

test.each([
  ['twenty-five to thirty', '25 to 30'],
  ['one hundred and five', '105'],
  ['two thousand and seven', '2007'],
  ['eighteen sixty two', '1862'],
  ['twenty twenty one', '2021'],
  ['nineteen oh five', '1905'],
  ['1,250,000 people', 'one million two hundred fifty thousand people'],
  ['10 million', 'ten million'],
  ['the twentieth time', 'the 20th time'],
  ['twenty first', '21st'],
  ['the eleventh', 'the 11th'],
  ['three point one four', '3.14'],
  ['fifty percent', '50%'],
  ['$5', 'five dollars'],
  ['five five', '5 5'],
  ['hundred', 'hundred'],
])('numbers: %s = %s', same);

test('words beside numbers stay', () => {
  expect(normalizeEnglish('five and six')).toEqual(['5', 'and', '6']);
  expect(normalizeEnglish('a hundred and one')).toEqual(['a', 'hundred', 'and', '1']);
  expect(normalizeEnglish('to the point')).toEqual(['to', 'the', 'point']);
  expect(normalizeEnglish('with both hands')).toEqual(['with', 'both', 'hands']);
  expect(normalizeEnglish('seven of hearts four of clubs')).toEqual([
    '7',
    'of',
    'hearts',
    '4',
    'of',
    'clubs',
  ]);
});

test('whatever is said, only words are left', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40, unit: 'grapheme' }), (text) => {
      for (const word of normalizeEnglish(text)) expect(word).toMatch(/^[\p{L}\p{N}.]+$/u);
    }),
  );
});

const SMALL = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen ' +
  'fifteen sixteen seventeen eighteen nineteen'
).split(' ');
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** A number as it is spoken, "and" after the hundreds where asked for. */
function spell(value: number, and: string): string {
  if (value < 20) return SMALL[value] ?? '';
  if (value < 100) {
    const tens = TENS[Math.floor(value / 10) - 2] ?? '';
    return value % 10 === 0 ? tens : `${tens}-${spell(value % 10, and)}`;
  }
  const [size, name] =
    value < 1_000
      ? [100, 'hundred']
      : value < 1_000_000
        ? [1_000, 'thousand']
        : [1_000_000, 'million'];
  const rest = value % size;
  const head = `${spell(Math.floor(value / size), and)} ${name}`;
  if (rest === 0) return head;
  return `${head} ${rest < 100 || size === 100 ? and : ''} ${spell(rest, and)}`;
}

test('every number reads the same spelled and in digits', () => {
  fc.assert(
    fc.property(fc.nat({ max: 999_999_999 }), fc.constantFrom('and', ''), (value, and) => {
      expect(normalizeEnglish(spell(value, and))).toEqual([`${value}`]);
      expect(normalizeEnglish(value.toLocaleString('en-US'))).toEqual([`${value}`]);
    }),
    { numRuns: 500 },
  );
});
