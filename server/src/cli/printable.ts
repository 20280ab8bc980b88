/** Control characters, and those that turn the writing direction for what follows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;
/** Letters and signs that a terminal shows two columns wide. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Marks that sit on the letter before them. */
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** What others said or are called, without anything that commands a terminal; on one line. */
export function printable(text: string): string {
  return text.replace(CONTROLS, ' ');
}

/** Columns that a terminal needs for it. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

/** The longest end of a text that fits, with a sign where something was left out. */
export function endThatFits(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  const kept: string[] = [];
  let left = columns - 1;
  for (const character of [...text].reverse()) {
    left -= widthOf(character);
    if (left < 0) break;
    kept.push(character);
  }
  return `…${kept.reverse().join('')}`;
}

function widthOf(character: string): number {
  if (NO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
