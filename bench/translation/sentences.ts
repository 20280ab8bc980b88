import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TRANSLATION_CORPUS_DIR } from '../translation-quality.ts';

/** For machines without the corpus: speed hardly depends on what is said. */
const OWN_SENTENCES: readonly string[] = [
  'Welcome to the meeting, and thank you all for coming here this morning.',
  'The train to the city leaves at a quarter past nine from the second platform.',
  'We have read your letter of the 14th and will answer it before the end of the week.',
  'She said that the old bridge over the river had been closed since last summer.',
  'Please tell us what you think of the plan, and where you would change it.',
];

export interface BenchSentences {
  readonly sentences: readonly string[];
  /** Why they are not those of the corpus, or null. */
  readonly notice: string | null;
}

/** The first English sentences of the corpus beside the project, else a few of our own, repeated. */
export async function readSentences(
  limit: number,
  corpusDir = TRANSLATION_CORPUS_DIR,
): Promise<BenchSentences> {
  const path = join(corpusDir, 'flores-dev.en');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (text !== null) return { sentences: text.trimEnd().split('\n').slice(0, limit), notice: null };
  const sentences = Array.from(
    { length: limit },
    (_, at) => OWN_SENTENCES[at % OWN_SENTENCES.length] ?? '',
  );
  return { sentences, notice: `No ${path}: sentences of our own were used.` };
}
