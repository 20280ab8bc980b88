import { splitPieces } from '../apertium/text-pieces.ts';

/** A sentence to translate, and what stands between it and the next one. */
export interface Sentence {
  readonly text: string;
  readonly separator: string;
}

const LINE_BREAKS = /([\n\v\f\r\u0085\u2028\u2029]+)/u;
const CONTROLS = /(?!\t)\p{Cc}/gu;
const LONE_SURROGATES = /\p{Cs}/gu;
const REPLACEMENT = '\ufffd';
/** A full stop after these, or after one letter, ends no sentence. */
const ABBREVIATION =
  /(?:^|[\s(])(?:\p{Lu}|Mr|Mrs|Ms|Dr|Prof|Sr|Sra|Jr|St|No|vs|etc|e\.g|i\.e|approx|M|Mme|Hr|Fr|Nr|Art|Abs|bzw|z\.B)\.\s*$/u;
const LETTER = /\p{L}/u;

const segmenters = new Map<string, Intl.Segmenter>();

/**
 * Cuts a text at its line breaks and into sentences by the rules of its language, longer ones to
 * `maxChars`. Texts and separators joined give the text again, less its control characters.
 */
export function splitSentences(text: string, language: string, maxChars: number): Sentence[] {
  const parts = text.replace(LONE_SURROGATES, REPLACEMENT).split(LINE_BREAKS);
  const sentences: Sentence[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const line = (parts[at] ?? '').replace(CONTROLS, '');
    const last = splitLine(line, language, maxChars, sentences);
    sentences.push({ text: last.text, separator: last.separator + (parts[at + 1] ?? '') });
  }
  return sentences;
}

/** Whether there is anything to translate in it. */
export function hasLetters(text: string): boolean {
  return LETTER.test(text);
}

/** Pushes all of a line but its last piece, which is returned. */
function splitLine(
  line: string,
  language: string,
  maxChars: number,
  sentences: Sentence[],
): Sentence {
  let last: Sentence = { text: '', separator: '' };
  let open = '';
  const segments = [...segmenterOf(language).segment(line)].map(({ segment }) => segment);
  for (const [at, segment] of segments.entries()) {
    open += segment;
    if (at < segments.length - 1 && ABBREVIATION.test(open)) continue;
    const body = open.trimEnd();
    const pieces = splitPieces(body, maxChars);
    for (const [index, piece] of pieces.entries()) {
      if (last.text !== '' || last.separator !== '') sentences.push(last);
      const ends = index === pieces.length - 1;
      last = {
        text: piece.text,
        separator: piece.separator + (ends ? open.slice(body.length) : ''),
      };
    }
    open = '';
  }
  return last;
}

function segmenterOf(language: string): Intl.Segmenter {
  let segmenter = segmenters.get(language);
  if (segmenter === undefined) {
    segmenter = new Intl.Segmenter(language, { granularity: 'sentence' });
    segmenters.set(language, segmenter);
  }
  return segmenter;
}
