import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One recording of the speech corpus beside the project (`../shared/speech`). */
export interface SpeechClip {
  readonly id: string;
  /** Folder that it lies in: `en`, `quiet`, `nonspeech`, `long`, `de` and so on. */
  readonly group: string;
  readonly path: string;
  readonly language: string;
  readonly seconds: number;
  /** What is said, or an empty string. */
  readonly reference: string;
}

/** The project's own folder: the nearest one above this module that holds a package.json. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('Expected a package.json above this module, got none.');
    folder = parent;
  }
  return folder;
}

/** Every recording of the corpus, or null where it does not lie beside the project. */
export function readSpeechCorpus(
  folder = join(projectRoot(), '..', 'shared', 'speech'),
): readonly SpeechClip[] | null {
  const manifest = join(folder, 'manifest.tsv');
  if (!existsSync(manifest)) return null;
  const [header = '', ...lines] = readFileSync(manifest, 'utf8').trimEnd().split('\n');
  const columns = header.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
    const file = cell('file');
    return {
      id: cell('id'),
      group: dirname(file),
      path: join(folder, file),
      language: cell('lang'),
      seconds: Number(cell('seconds')),
      reference: cell('reference'),
    };
  });
}
