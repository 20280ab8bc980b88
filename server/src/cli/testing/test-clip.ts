import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, readSpeechCorpus } from '../../testing/speech-corpus.ts';

export interface TestClip {
  readonly path: string;
  readonly seconds: number;
}

const CORPUS_CLIP = 'lj-LJ001-0001';
/** The project's own clip, the same utterance, where the corpus is not there. */
const OWN_CLIP: TestClip = {
  path: join(projectRoot(), 'e2e/fixtures/clip.opus'),
  seconds: 9.66,
};

/** Some ten seconds of real speech. */
export function testClip(): TestClip {
  const clip = readSpeechCorpus()?.find(({ id }) => id === CORPUS_CLIP);
  if (clip !== undefined && existsSync(clip.path)) return clip;
  return OWN_CLIP;
}
