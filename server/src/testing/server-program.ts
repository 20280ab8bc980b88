import { join } from 'node:path';
import { projectRoot } from './speech-corpus.ts';

/** Arguments to Node that run `parlance`: from its source, or built where this module is built. */
export function serverProgram(): string[] {
  const root = projectRoot();
  return import.meta.url.endsWith('.ts')
    ? ['--import', 'tsx', join(root, 'server', 'src', 'cli', 'main.ts')]
    : [join(root, 'bin', 'parlance')];
}
