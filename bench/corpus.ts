import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownClip } from '../e2e/support/clip.ts';
import {
  projectRoot,
  readSpeechCorpus,
  type SpeechClip,
} from '../server/src/testing/speech-corpus.ts';

/** What the clips of the corpus are measured for. */
export const CLIP_SETS = ['en', 'quiet', 'long', 'nonspeech', 'foreign'] as const;
export type ClipSet = (typeof CLIP_SETS)[number];

export interface BenchClip extends SpeechClip {
  readonly set: ClipSet;
}

export interface Corpus {
  readonly clips: readonly BenchClip[];
  /** Why less than everything is there, or null. */
  readonly notice: string | null;
}

/** A human translation of a clip's sentence. */
export interface ClipTranslation {
  readonly id: string;
  readonly language: string;
  readonly text: string;
}

const speechFolder = (): string => join(projectRoot(), '..', 'shared', 'speech');

/** The corpus beside the project, or, where there is none, the project's own clip alone. */
export function readCorpus(folder = speechFolder()): Corpus {
  const clips = readSpeechCorpus(folder);
  if (clips === null) {
    const { id, path, language, seconds, reference } = ownClip();
    const own: BenchClip = { id, path, language, seconds, reference, group: 'en', set: 'en' };
    return {
      clips: [own],
      notice: `No speech corpus at ${folder}: only the project's own clip is measured.`,
    };
  }
  const known: BenchClip[] = [];
  for (const clip of clips) {
    const set = setOf(clip);
    if (set !== null) known.push({ ...clip, set });
  }
  return { clips: known, notice: null };
}

/** Translations of the corpus' sentences, empty where there are none. */
export function readClipTranslations(folder = speechFolder()): ClipTranslation[] {
  const path = join(folder, 'translations.tsv');
  if (!existsSync(path)) return [];
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const columns = header.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    const cell = (column: string): string => cells[columns.indexOf(column)] ?? '';
    return { id: cell('id'), language: cell('text_lang'), text: cell('text') };
  });
}

/** `limit` clips of each set, spread evenly over it, or all of them. */
export function sampleClips(clips: readonly BenchClip[], limit: number | null): BenchClip[] {
  if (limit === null) return [...clips];
  return CLIP_SETS.flatMap((set) => {
    const members = clips.filter((clip) => clip.set === set);
    if (members.length <= limit) return members;
    return Array.from({ length: limit }, (_, index) =>
      members.at(Math.floor((index * members.length) / limit)),
    ).filter((clip) => clip !== undefined);
  });
}

/** Speech in other languages is foreign wherever it lies; other folders are not measured. */
function setOf(clip: SpeechClip): ClipSet | null {
  if (clip.group === 'nonspeech') return 'nonspeech';
  if (clip.language !== 'en') return 'foreign';
  return CLIP_SETS.find((set) => set === clip.group) ?? null;
}
