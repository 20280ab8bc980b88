/** Spoken numbers to digits: "twenty five" and "25" are the same word when errors are counted. */

const SMALL = new Map(
  (
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen ' +
    'fifteen sixteen seventeen eighteen nineteen'
  )
    .split(' ')
    .map((word, value) => [word, value]),
);
const TENS = new Map(
  'twenty thirty forty fifty sixty seventy eighty ninety'
    .split(' ')
    .map((word, index) => [word, (index + 2) * 10]),
);
const SCALES = new Map([
  ['thousand', 1_000],
  ['million', 1_000_000],
  ['billion', 1_000_000_000],
]);
const IRREGULAR_ORDINALS = new Map([
  ['first', 'one'],
  ['second', 'two'],
  ['third', 'three'],
  ['fifth', 'five'],
  ['eighth', 'eight'],
  ['ninth', 'nine'],
  ['twelfth', 'twelve'],
]);

/** A number read from the words at some place: its value and how many words it took. */
interface Reading {
  readonly value: number;
  readonly length: number;
  readonly ordinal: boolean;
}

/** Replaces number words by digits. `words` are lower case, without punctuation or hyphens. */
export function numbersToDigits(words: readonly string[]): string[] {
  const out: string[] = [];
  for (let at = 0; at < words.length; ) {
    const reading = readYear(words, at) ?? readNumber(words, at);
    if (!reading) {
      out.push(words[at] ?? '');
      at += 1;
      continue;
    }
    at += reading.length;
    if (reading.ordinal) {
      out.push(`${reading.value}${ordinalEnding(reading.value)}`);
      continue;
    }
    const decimals = readDecimals(words, at);
    at += decimals.length > 0 ? decimals.length + 1 : 0;
    out.push(decimals.length > 0 ? `${reading.value}.${decimals}` : `${reading.value}`);
  }
  return out;
}

/** "eighteen sixty two", "nineteen oh five", "twenty twenty one": two pairs of digits. */
function readYear(words: readonly string[], at: number): Reading | null {
  const century = readBelowHundred(words, at);
  if (!century || century.ordinal || century.value < 10) return null;
  const next = at + century.length;
  if (words[next] === 'oh') {
    const unit = readBelowHundred(words, next + 1);
    if (!unit || unit.ordinal || unit.value < 1 || unit.value > 9) return null;
    return {
      value: century.value * 100 + unit.value,
      length: century.length + 1 + unit.length,
      ordinal: false,
    };
  }
  const rest = readBelowHundred(words, next);
  if (!rest || rest.ordinal || rest.value < 10) return null;
  const after = words[next + rest.length] ?? '';
  if (after.startsWith('hundred') || SCALES.has(after)) return null;
  return {
    value: century.value * 100 + rest.value,
    length: century.length + rest.length,
    ordinal: false,
  };
}

/** Any cardinal or ordinal, "and" allowed after "hundred" and after a scale. */
function readNumber(words: readonly string[], at: number): Reading | null {
  let part = readBelowThousand(words, at) ?? readDigitsBeforeScale(words, at);
  if (!part) return null;
  let value = 0;
  let length = 0;
  let lastScale = Number.POSITIVE_INFINITY;
  while (part) {
    length += part.length;
    if (part.ordinal) return { value: value + part.value, length, ordinal: true };
    const scale = SCALES.get(words[at + length] ?? '');
    if (scale === undefined || scale >= lastScale) {
      return { value: value + part.value, length, ordinal: false };
    }
    value += part.value * scale;
    length += 1;
    lastScale = scale;
    const skipped = words[at + length] === 'and' ? 1 : 0;
    part = readBelowThousand(words, at + length + skipped);
    if (part) length += skipped;
  }
  return { value, length, ordinal: false };
}

function readBelowThousand(words: readonly string[], at: number): Reading | null {
  const first = readBelowHundred(words, at);
  if (!first || first.ordinal) return first;
  const afterHundred = at + first.length + 1;
  if (words[afterHundred - 1] === 'hundredth') {
    return { value: first.value * 100, length: first.length + 1, ordinal: true };
  }
  if (words[afterHundred - 1] !== 'hundred') return first;
  const skipped = words[afterHundred] === 'and' ? 1 : 0;
  const rest = readBelowHundred(words, afterHundred + skipped);
  if (!rest) return { value: first.value * 100, length: first.length + 1, ordinal: false };
  return {
    value: first.value * 100 + rest.value,
    length: first.length + 1 + skipped + rest.length,
    ordinal: rest.ordinal,
  };
}

function readBelowHundred(words: readonly string[], at: number): Reading | null {
  const word = words[at] ?? '';
  const cardinal = cardinalOf(word);
  const base = cardinal ?? word;
  const ordinal = cardinal !== null;
  const small = SMALL.get(base);
  if (small !== undefined) return { value: small, length: 1, ordinal };
  const tens = TENS.get(base);
  if (tens === undefined) return null;
  if (ordinal) return { value: tens, length: 1, ordinal };
  const unit = words[at + 1] ?? '';
  const unitCardinal = cardinalOf(unit);
  const units = SMALL.get(unitCardinal ?? unit);
  if (units === undefined || units < 1 || units > 9) return { value: tens, length: 1, ordinal };
  return { value: tens + units, length: 2, ordinal: unitCardinal !== null };
}

/** "10 million": digits count as a number word only in front of a scale. */
function readDigitsBeforeScale(words: readonly string[], at: number): Reading | null {
  if (!/^\d+(\.\d+)?$/.test(words[at] ?? '') || !SCALES.has(words[at + 1] ?? '')) return null;
  return { value: Number(words[at]), length: 1, ordinal: false };
}

/** The digits after "point", one word each, or ''. */
function readDecimals(words: readonly string[], at: number): string {
  if (words[at] !== 'point') return '';
  let digits = '';
  for (let next = at + 1; ; next += 1) {
    const value = SMALL.get(words[next] ?? '');
    if (value === undefined || value > 9) return digits;
    digits += value;
  }
}

/** The cardinal of an ordinal word, or null where the word is none. */
function cardinalOf(word: string): string | null {
  const irregular = IRREGULAR_ORDINALS.get(word);
  if (irregular !== undefined) return irregular;
  if (word.endsWith('ieth')) return `${word.slice(0, -4)}y`;
  return word.endsWith('th') ? word.slice(0, -2) : null;
}

function ordinalEnding(value: number): string {
  const lastTwo = value % 100;
  if (lastTwo >= 11 && lastTwo <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][value % 10] ?? 'th';
}
