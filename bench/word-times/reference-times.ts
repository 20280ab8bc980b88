import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../server/src/testing/speech-corpus.ts';
import { normalizeWords } from '../../server/src/testing/word-error-rate.ts';
import type { BenchClip } from '../corpus.ts';

/** A word of a clip's reference and when it is said, by make-reference.py. */
export interface ReferenceWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** The project's own clip is this one of the corpus. */
const OWN_CLIP = 'lj-LJ001-0001';

/** Reference times by clip; clips that have none are left out. */
export function readReferenceTimes(
  clips: readonly BenchClip[],
  file = join(projectRoot(), 'bench', 'word-times', 'reference.tsv'),
): Map<string, readonly ReferenceWord[]> {
  const [, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const times = new Map(lines.map((line) => line.split('\t') as [string, string]));
  const found = new Map<string, readonly ReferenceWord[]>();
  for (const { id, reference } of clips) {
    const spans = times.get(id === 'own-clip' ? OWN_CLIP : id)?.split(' ');
    if (spans === undefined) continue;
    const words = normalizeWords(reference);
    if (words.length !== spans.length) {
      throw new Error(`${id}: expected times of ${words.length} words, got ${spans.length}.`);
    }
    found.set(
      id,
      words.map((text, index) => {
        const [startMs = Number.NaN, endMs = Number.NaN] = (spans[index] ?? '')
          .split('-')
          .map(Number);
        return { text, startMs, endMs };
      }),
    );
  }
  return found;
}

/** Whose voice a clip has, as far as its name tells: `ls-tc-237-134500-0001` is 237's. */
export function voiceOf(id: string): string {
  const parts = id.split('-');
  return parts[0] === 'ls' ? `ls-${parts[2]}` : parts.slice(0, -1).join('-');
}
