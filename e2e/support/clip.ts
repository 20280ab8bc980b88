import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, readSpeechCorpus } from '../../server/src/testing/speech-corpus.ts';

/** A recording to speak in a test, and the words that should come back. */
export interface FoundSpeech {
  readonly id: string;
  readonly path: string;
  readonly language: string;
  readonly seconds: number;
  readonly reference: string;
  /** `corpus` lies beside the project; `own` is the clip that ships with it. */
  readonly origin: 'corpus' | 'own';
}

/** The public-domain clip in e2e/fixtures, which is there in every clone. */
export function ownClip(): FoundSpeech {
  const folder = join(projectRoot(), 'e2e', 'fixtures');
  const [header = '', row = ''] = readFileSync(join(folder, 'clip.tsv'), 'utf8').split('\n');
  const columns = header.split('\t');
  const cells = row.split('\t');
  const cell = (column: string): string => {
    const value = cells[columns.indexOf(column)];
    if (value === undefined)
      throw new Error(`Expected a column "${column}" in clip.tsv, got none.`);
    return value;
  };
  return {
    id: 'own-clip',
    path: join(folder, cell('file')),
    language: cell('lang'),
    seconds: Number(cell('seconds')),
    reference: cell('reference'),
    origin: 'own',
  };
}

/**
 * English speech to test with: the project's own clip first, then the clips of one group of the
 * corpus (`en` unless told otherwise) where that lies beside the project.
 */
export function findSpeech(group = 'en'): FoundSpeech[] {
  const corpus = (readSpeechCorpus() ?? [])
    .filter((clip) => clip.group === group && clip.language === 'en' && existsSync(clip.path))
    .map(({ id, path, language, seconds, reference }) => ({
      id,
      path,
      language,
      seconds,
      reference,
      origin: 'corpus' as const,
    }));
  return [ownClip(), ...corpus];
}
