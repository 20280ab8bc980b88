import type { ProtectedText } from './protected-text.ts';
import { beginsSentence } from './sentence-starts.ts';

/** A text cut at terms: what is between them is translated by itself, as lines of one text. */

const LINE_BREAKS = /([\n\v\f\r\u0085\u2028\u2029]+)/u;
const LETTER = /\p{L}/u;
/** "'s" and the like stay with the term: alone they mean something else. */
const CLITIC = /^['\u2018\u2019]\p{L}{1,2}(?![\p{L}\p{N}])/u;
const LINE_SEPARATOR = '\n';

export type CutPart =
  | { readonly kind: 'as-it-is'; readonly text: string }
  | { readonly kind: 'term'; readonly number: number; readonly first: boolean }
  | {
      readonly kind: 'piece';
      /** With placeholders for the terms that lie in it. */
      readonly text: string;
      readonly numbers: readonly number[];
      /** Whether it begins a sentence. */
      readonly first: boolean;
    };

export type TextPiece = Extract<CutPart, { kind: 'piece' }>;

/** Cuts at these terms and at line breaks; parts joined give the text again. */
export function cutText(source: ProtectedText, text: string, at: ReadonlySet<number>): CutPart[] {
  const parts: CutPart[] = [];
  let from = 0;
  /** Numbers of terms behind `from` that are not cut at. */
  let uncut: number[] = [];
  for (const [number, term] of source.terms.entries()) {
    if (!at.has(number)) {
      uncut.push(number);
      continue;
    }
    stretch(from, term.start, uncut);
    parts.push({ kind: 'term', number, first: beginsSentence(text, term.start) });
    from = term.end;
    uncut = [];
  }
  stretch(from, text.length, uncut);
  return parts;

  function stretch(start: number, end: number, numbers: readonly number[]): void {
    const clitic = start === 0 ? '' : (CLITIC.exec(text.slice(start, end))?.[0] ?? '');
    asItIs(clitic);
    let place = start + clitic.length;
    for (const [index, line] of text.slice(place, end).split(LINE_BREAKS).entries()) {
      if (index % 2 === 1) asItIs(line);
      else piece(line, place, numbers);
      place += line.length;
    }
  }

  function piece(line: string, place: number, numbers: readonly number[]): void {
    const core = line.trim();
    const start = place + line.length - line.trimStart().length;
    const end = start + core.length;
    const inside = numbers.filter((number) => {
      const term = source.terms[number];
      return term !== undefined && term.start >= start && term.end <= end;
    });
    asItIs(text.slice(place, start));
    if (inside.length > 0 || LETTER.test(core)) {
      const hidden = source.hide(start, end, inside);
      parts.push({
        kind: 'piece',
        text: hidden,
        numbers: inside,
        first: beginsSentence(text, start),
      });
    } else {
      asItIs(core);
    }
    asItIs(text.slice(end, place + line.length));
  }

  function asItIs(stretched: string): void {
    if (stretched !== '') parts.push({ kind: 'as-it-is', text: stretched });
  }
}

/** The pieces of a cut text as one text, each a line. */
export function joinLines(pieces: readonly TextPiece[]): string {
  return pieces.map(({ text }) => text).join(LINE_SEPARATOR);
}

/** What became of each line, or null where an engine did not keep them apart. */
export function splitLines(translation: string, count: number): string[] | null {
  if (count === 0) return [];
  const lines = translation.split(LINE_SEPARATOR).map((line) => line.trim());
  return lines.length === count ? lines : null;
}

export function piecesOf(parts: readonly CutPart[]): TextPiece[] {
  return parts.filter((part) => part.kind === 'piece');
}

/**
 * Puts translated pieces, as many as there are, and terms together; null where a placeholder does not
 * stand in its own piece, or not once.
 */
export function joinParts(
  source: ProtectedText,
  parts: readonly CutPart[],
  lines: readonly string[],
): string | null {
  const pieces = piecesOf(parts);
  const hidden = pieces.flatMap(({ numbers }) => numbers);
  const cutAt = parts.filter(({ kind }) => kind === 'term');
  // One that lies in a clitic is in no piece.
  if (hidden.length + cutAt.length < source.terms.length) return null;
  if (source.restore(lines.join(LINE_SEPARATOR), hidden).failed.size > 0) return null;
  const rest = lines.values();
  let joined = '';
  for (const part of parts) {
    if (part.kind === 'as-it-is') joined += part.text;
    else if (part.kind === 'term') joined += source.write(part.number, part.first);
    else {
      // Terms come last: nothing is to tidy them away.
      const tidy = tidyPiece(rest.next().value ?? '', part);
      const { text, failed } = source.restore(tidy, part.numbers, part.first);
      if (failed.size > 0) return null;
      joined += text;
    }
  }
  return joined.trim();
}

const STOP = /[.。]$/u;
const FIRST_WORD = /^\p{Lu}(?=\p{Ll})[\p{L}\p{M}]*/u;
const SMALL_FIRST = /^\p{Ll}/u;

/** An engine takes a piece for a sentence: takes back the capital and the full stop that it adds. */
function tidyPiece(translation: string, { text, first }: TextPiece): string {
  let tidy = translation;
  if (STOP.test(tidy) && !/\p{P}$/u.test(text)) tidy = tidy.replace(STOP, '');
  const capital = FIRST_WORD.exec(tidy)?.[0];
  if (capital === undefined || first || !SMALL_FIRST.test(text) || text.includes(capital)) {
    return tidy;
  }
  return tidy.replace(/^\p{Lu}/u, (letter) => letter.toLowerCase());
}
