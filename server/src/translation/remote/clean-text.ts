const CONTROLS = /(?![\t\n])\p{Cc}/gu;
const LONE_SURROGATES = /\p{Cs}/gu;
/** Turn the order of letters around on whatever page they come to, or are not seen at all. */
const INVISIBLE = /[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/gu;
const LINE_BREAKS = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/u;
const LETTER = /\p{L}/u;

/** A text without what no engine and no page should get: control characters, halves of characters. */
export function cleanText(text: string): string {
  return text.replace(LONE_SURROGATES, '\ufffd').replace(CONTROLS, '');
}

/** The same for what came from outside, where nothing invisible is welcome either. */
export function cleanAnswer(text: string): string {
  return cleanText(text.replace(/\r\n?/g, '\n')).replace(INVISIBLE, '');
}

export function splitLines(text: string): string[] {
  return text.split(LINE_BREAKS);
}

/** Whether there is anything to translate in it. */
export function hasLetters(text: string): boolean {
  return LETTER.test(text);
}
