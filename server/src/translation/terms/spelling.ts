/** How spoken words are compared: what a recogniser writes one way or the other is the same. */

/** White space and hyphens: "break-out room" is "break out room". */
const SEPARATOR = /[\s\-\u2010-\u2013]/u;
/** Soft hyphens, joiners and the like show nothing. */
const INVISIBLE = /[\u00ad\u200b\u2060\ufeff]/u;
const APOSTROPHE = /[\u2018\u2019\u02bc]/u;
export const BLANK = ' ';

/** A text as units to compare, and where each of them stands in it. */
export interface Spelling {
  /** One for each letter or mark, two for letters that stand for two; runs of separators are one. */
  readonly units: readonly string[];
  /** Place of a unit's first character in the text; -1 inside a letter. */
  readonly starts: readonly number[];
  /** Place behind a unit's last character; -1 inside a letter. */
  readonly ends: readonly number[];
}

/** Spells a text that is in NFC. */
export function spell(text: string): Spelling {
  const units: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  for (const letter of text) {
    const end = at + letter.length;
    if (SEPARATOR.test(letter)) {
      if (units.at(-1) === BLANK) ends[ends.length - 1] = end;
      else push(BLANK, at, end);
    } else if (!INVISIBLE.test(letter)) {
      const folded = [...fold(letter)];
      for (const [index, unit] of folded.entries()) {
        push(unit, index === 0 ? at : -1, index === folded.length - 1 ? end : -1);
      }
    }
    at = end;
  }
  return { units, starts, ends };

  function push(unit: string, start: number, end: number): void {
    units.push(unit);
    starts.push(start);
    ends.push(end);
  }
}

/** Upper case first, so that "ß" is "ss" and both sigmas are one. */
function fold(letter: string): string {
  return APOSTROPHE.test(letter) ? "'" : letter.toUpperCase().toLowerCase();
}
