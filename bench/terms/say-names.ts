import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readAudio } from '../../server/src/testing/read-audio.ts';
import { BENCH_NAMES } from './names.ts';

export interface SaidName {
  readonly reference: string;
  readonly samples: Float32Array;
}

const SYNTHESIZER = 'espeak-ng';
const WORDS_A_MINUTE = '150';
const VOICES = ['en-us', 'en-gb', 'en-us+f3', 'en-gb+m3'];
const SENTENCES: readonly ((name: string) => string)[] = [
  (name) => `We talked about ${name} yesterday.`,
  (name) => `I think that ${name} could help us.`,
  (name) => `Has anybody here heard of ${name} before?`,
  (name) => `${name} is what they were asking for.`,
];
const run = promisify(execFile);

/** Whether sentences can be spoken on this machine. */
export async function canSpeak(): Promise<boolean> {
  return run(SYNTHESIZER, ['--version']).then(
    () => true,
    () => false,
  );
}

/** Every name in a sentence, by voices that take turns; a machine's, and harder to read than people's. */
export async function* sayNames(limit: number | null): AsyncGenerator<SaidName> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-terms-'));
  try {
    for (const [index, { term, said }] of BENCH_NAMES.slice(0, limit ?? undefined).entries()) {
      const sentence = SENTENCES[index % SENTENCES.length];
      const voice = VOICES[Math.floor(index / SENTENCES.length) % VOICES.length];
      if (sentence === undefined || voice === undefined) continue;
      const path = join(folder, `${index}.wav`);
      const spoken = sentence(said ?? term);
      await run(SYNTHESIZER, ['-v', voice, '-s', WORDS_A_MINUTE, '-w', path, spoken]);
      yield { reference: sentence(term), samples: await readAudio(path) };
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
