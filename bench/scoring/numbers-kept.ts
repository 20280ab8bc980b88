/** Digits, with the marks that languages put between them: 1,250.75 and 1.250,75 are the same. */
const NUMBER = /\d+(?:[.,:]\d+|[\u00a0\u202f ]\d{3}(?!\d))*/gu;
const NOT_DIGITS = /\D/gu;

export interface NumbersKept {
  readonly numbers: number;
  readonly kept: number;
}

/**
 * How many of the numbers that the sources write in digits are in their translations, digit by
 * digit; each counts once. A number that a translation writes in words counts as lost.
 */
export function countNumbersKept(
  sources: readonly string[],
  translations: readonly string[],
): NumbersKept {
  let numbers = 0;
  let kept = 0;
  for (const [at, source] of sources.entries()) {
    const left = numbersOf(translations[at] ?? '');
    for (const number of numbersOf(source)) {
      numbers += 1;
      const found = left.indexOf(number);
      if (found === -1) continue;
      kept += 1;
      left.splice(found, 1);
    }
  }
  return { numbers, kept };
}

function numbersOf(text: string): string[] {
  return (text.match(NUMBER) ?? []).map((number) => number.replace(NOT_DIGITS, ''));
}
