/** A stretch of text to translate, and what stands between it and the next one. */
export interface TextPiece {
  readonly text: string;
  readonly separator: string;
}

const LINE_BREAKS = /([\n\v\f\r\u0085\u2028\u2029]+)/u;
const SENTENCE_END = /[.!?…。！？]["'”’»)\]]*\s+/gu;
const LAST_SPACE = /\s+(?=\S*$)/u;

/**
 * Cuts a text at its line breaks, and what is longer than `maxChars` at the end of a sentence, else
 * between words, else between characters. Texts and separators joined give the text again.
 */
export function splitPieces(text: string, maxChars: number): TextPiece[] {
  const parts = text.split(LINE_BREAKS);
  const pieces: TextPiece[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    pieces.push(...cut(parts[at] ?? '', parts[at + 1] ?? '', maxChars));
  }
  return pieces;
}

function cut(line: string, separator: string, maxChars: number): TextPiece[] {
  const pieces: TextPiece[] = [];
  let rest = line;
  while (rest.length > maxChars) {
    const { end, gap } = findCut(rest.slice(0, maxChars));
    pieces.push({ text: rest.slice(0, end), separator: rest.slice(end, end + gap) });
    rest = rest.slice(end + gap);
  }
  pieces.push({ text: rest, separator });
  return pieces;
}

function findCut(window: string): { end: number; gap: number } {
  let end = 0;
  let gap = 0;
  for (const match of window.matchAll(SENTENCE_END)) {
    const ending = match[0].trimEnd().length;
    end = match.index + ending;
    gap = match[0].length - ending;
  }
  if (end > 0) return { end, gap };
  const space = LAST_SPACE.exec(window);
  if (space !== null && space.index > 0) return { end: space.index, gap: space[0].length };
  const last = window.charCodeAt(window.length - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return { end: splitsPair && window.length > 1 ? window.length - 1 : window.length, gap: 0 };
}
