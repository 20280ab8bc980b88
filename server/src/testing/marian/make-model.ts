import {
  type Architecture,
  describeArchitecture,
  type Fill,
  makeParameters,
  REAL_TINY,
} from './architecture.ts';
import { cipherWeights, SMALL } from './cipher-weights.ts';
import { type ModelFormat, writeModelFile } from './model-file.ts';
import { seededRandom } from './seeded-random.ts';
import { writeShortlistFile } from './shortlist-file.ts';
import { END_OF_SENTENCE, UNKNOWN, writeVocabularyFile } from './vocabulary-file.ts';

export interface ModelOptions {
  readonly from: string;
  readonly to: string;
  readonly seed?: number;
  readonly format?: ModelFormat;
  readonly vocabularies?: 'shared' | 'split';
  readonly shortlist?: boolean;
}

/** Files of one model, by the names that Mozilla gives them. */
export interface MadeModel {
  readonly from: string;
  readonly to: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const MARKS = '0123456789.,;:!?¿¡\'"()[]{}<>/\\|@#$%^&*~+-_=`…—’“”€½♪😀漢\ufffd';
const ACCENTED = 'áéíóúñüçàèòâêîôûäöß';
/** SentencePiece's blank. */
const BLANK = '\u2581';
/** Vocabularies of 8-bit models have a multiple of eight words. */
const WORDS_STEP = 8;
const DEFAULT_SEED = 1;

/** Letters that move; the others stay, so that signs made of them (`<b>`) stay too. */
const MOVING = 'acdefghijklmnoprstuvy';

/** By how many letters each language moves: what a model makes of a text can be told beforehand. */
function shiftOf(from: string, to: string): number {
  const place = (language: string) =>
    [...language].reduce((sum, letter) => sum * 7 + letter.charCodeAt(0), 0);
  const { length } = MOVING;
  return (((place(to) - place(from)) % length) + length) % length || 5;
}

/** What a model made by {@link makeCipherModel} translates a text to. */
export function encipher(text: string, from: string, to: string): string {
  const shift = shiftOf(from, to);
  const moved = (letter: string) => MOVING[(MOVING.indexOf(letter) + shift) % MOVING.length];
  return text.replace(/[a-z]/gi, (letter) => {
    const lower = letter.toLowerCase();
    if (!MOVING.includes(lower)) return letter;
    return (letter === lower ? moved(lower) : moved(lower)?.toUpperCase()) ?? letter;
  });
}

/**
 * A small model in the format of Firefox's, with weights made by hand: it moves the letters of the
 * alphabet and keeps everything else, so that tests know what comes out.
 */
export function makeCipherModel(options: ModelOptions): MadeModel {
  const { from, to, seed = DEFAULT_SEED, vocabularies = 'shared' } = options;
  const characters = [...`${BLANK}${LOWER}${UPPER}${MARKS}${ACCENTED}`];
  const target = padWords(characters);
  const shared = vocabularies === 'shared';
  const source = shared ? target : padWords([...characters].reverse());
  const cipher = cipherIds(source, target, (piece) => encipher(piece, from, to));
  return assemble(
    options,
    {
      ...SMALL,
      sourceWords: cipher.length,
      targetWords: target.length + 2,
      sharedVocabulary: shared,
    },
    cipherWeights(seed, SMALL, cipher, target.length + 2),
    { source, target, shortlist: cipher.map((id) => [...new Set([END_OF_SENTENCE, id])]) },
  );
}

/** Words of Mozilla's vocabularies, and target words that its shortlists give a source word. */
const REAL_WORDS = 32_000;
const REAL_SHORTLIST = 60;

/**
 * As {@link makeCipherModel}, as large and as costly as one of Mozilla's `tiny` ones: words of
 * `text` are one or two pieces each, as they would be for a real one, and stay what they are where
 * their cipher is no piece.
 */
export function makeRealSizeModel(options: ModelOptions, text: string): MadeModel {
  const { from, to, seed = DEFAULT_SEED } = options;
  const random = seededRandom(seed);
  const pieces = realPieces(text, random);
  const known = new Set(pieces);
  const cipher = cipherIds(pieces, pieces, (piece) => {
    const other = encipher(piece, from, to);
    return known.has(other) ? other : piece;
  });
  const shortlist = cipher.map((id) => {
    const words = new Set([END_OF_SENTENCE, id]);
    while (words.size < REAL_SHORTLIST) words.add(2 + Math.floor(random() * pieces.length));
    return [...words];
  });
  return assemble(
    { ...options, vocabularies: 'shared' },
    {
      ...REAL_TINY,
      sourceWords: REAL_WORDS,
      targetWords: REAL_WORDS,
      sharedVocabulary: true,
    },
    cipherWeights(seed, REAL_TINY, cipher, REAL_WORDS),
    { source: pieces, target: pieces, shortlist },
  );
}

/** The cipher of every word of a vocabulary: `</s>` stays, or no sentence would end. */
function cipherIds(
  source: readonly string[],
  target: readonly string[],
  cipher: (piece: string) => string,
): number[] {
  const ids = new Map(target.map((piece, at) => [piece, at + 2]));
  return [
    END_OF_SENTENCE,
    UNKNOWN,
    ...source.map((piece) => {
      const id = ids.get(cipher(piece));
      if (id === undefined) throw new RangeError(`Expected a cipher for "${piece}", got none.`);
      return id;
    }),
  ];
}

function assemble(
  { from, to, format = 'alphas', shortlist = true }: ModelOptions,
  architecture: Architecture,
  fill: Fill,
  words: { source: readonly string[]; target: readonly string[]; shortlist: number[][] },
): MadeModel {
  const name = `${from}${to}`;
  const ending = { float32: 'bin', intgemm8: 'intgemm8.bin', alphas: 'intgemm.alphas.bin' }[format];
  const parameters = makeParameters(architecture, fill);
  const files: Record<string, Uint8Array> = {
    [`model.${name}.${ending}`]: writeModelFile(
      parameters,
      describeArchitecture(architecture),
      format,
    ),
  };
  if (architecture.sharedVocabulary) {
    files[`vocab.${name}.spm`] = writeVocabularyFile(words.target);
  } else {
    files[`srcvocab.${name}.spm`] = writeVocabularyFile(words.source);
    files[`trgvocab.${name}.spm`] = writeVocabularyFile(words.target);
  }
  if (shortlist) files[`lex.50.50.${name}.s2t.bin`] = writeShortlistFile(words.shortlist);
  return { from, to, files };
}

/** Rounds a vocabulary up with words that no text has. */
function padWords(pieces: readonly string[]): string[] {
  const missing = (WORDS_STEP - ((pieces.length + 2) % WORDS_STEP)) % WORDS_STEP;
  return [...pieces, ...Array.from({ length: missing }, (_, at) => `\ue000${at}`)];
}

/** Words longer than this are two pieces. */
const LONGEST_PIECE = 7;

/** Letters and marks, the words of a text, then syllables that no text has. */
function realPieces(text: string, random: () => number): string[] {
  const pieces = new Set([...`${BLANK}${LOWER}${UPPER}${MARKS}${ACCENTED}`]);
  for (const word of text.match(/\p{L}+/gu) ?? []) {
    const half = word.length <= LONGEST_PIECE ? word.length : Math.ceil(word.length / 2);
    pieces.add(BLANK + word.slice(0, half));
    if (half < word.length) pieces.add(word.slice(half));
  }
  while (pieces.size < REAL_WORDS - 2) {
    const length = 3 + Math.floor(random() * 5);
    const letter = () => LOWER[Math.floor(random() * LOWER.length)];
    pieces.add(`${Array.from({ length }, letter).join('')}\ue000`);
  }
  return [...pieces].slice(0, REAL_WORDS - 2);
}
