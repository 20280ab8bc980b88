import {
  type Architecture,
  type Dimensions,
  describeArchitecture,
  type Fill,
  makeParameters,
} from './architecture.ts';
import { CIPHER_DIMENSIONS, cipherIds, cipherWeights } from './cipher-weights.ts';
import { type ModelFormat, writeModelFile } from './model-file.ts';
import { seededRandom } from './seeded-random.ts';
import { writeShortlistFile } from './shortlist-file.ts';
import { writeVocabularyFile } from './vocabulary-file.ts';

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
      ...CIPHER_DIMENSIONS,
      sourceWords: source.length + 2,
      targetWords: target.length + 2,
      sharedVocabulary: shared,
    },
    cipherWeights(seed, cipher, target.length + 2),
    { source, target, shortlist: cipher.map((id) => ([0, 1, 2].includes(id) ? [id] : [0, id])) },
  );
}

/** A model of any size with random weights, as costly as a real one: what it writes means nothing. */
export function makeRandomModel(
  options: ModelOptions,
  dimensions: Dimensions,
  words: number,
): MadeModel {
  const random = seededRandom(options.seed ?? DEFAULT_SEED);
  const pieces = randomPieces(words - 2, random);
  const shared = options.vocabularies !== 'split';
  const fill: Fill = (name, rows, columns) => {
    const values = new Float32Array(rows * columns);
    if (name.endsWith('_ln_scale')) return values.fill(1);
    if (rows === 1) return values;
    const size = Math.sqrt(6 / (rows + columns));
    for (let at = 0; at < values.length; at += 1) values[at] = (random() * 2 - 1) * size;
    return values;
  };
  const nearby = Array.from({ length: words }, (_, id) => [
    ...new Set([0, id, ...Array.from({ length: 48 }, () => Math.floor(random() * words))]),
  ]);
  return assemble(
    options,
    { ...dimensions, sourceWords: words, targetWords: words, sharedVocabulary: shared },
    fill,
    { source: pieces, target: pieces, shortlist: nearby },
  );
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

/** Letters and marks, then syllables and words made of them. */
function randomPieces(count: number, random: () => number): string[] {
  const pieces = new Set([...`${BLANK}${LOWER}${UPPER}${MARKS}${ACCENTED}`]);
  const letter = () => LOWER[Math.floor(random() * LOWER.length)] ?? 'a';
  while (pieces.size < count) {
    const length = 2 + Math.floor(random() * 5);
    const word = Array.from({ length }, letter).join('');
    pieces.add(random() < 0.5 ? `${BLANK}${word}` : word);
  }
  return [...pieces];
}
