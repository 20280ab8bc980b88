import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../server/src/testing/speech-corpus.ts';

/** Where reports and caches of benchmarks lie; not part of the repository. */
export function resultsFolder(): string {
  return join(projectRoot(), 'bench', 'results');
}

/** Keeps a report as `NAME-TIME.json`; returns its path. */
export async function keepResult(
  name: string,
  startedAt: Date,
  result: Readonly<Record<string, unknown>>,
): Promise<string> {
  const folder = resultsFolder();
  await mkdir(folder, { recursive: true });
  const stamp = startedAt.toISOString().replace(/[:.]/g, '-');
  const path = join(folder, `${name}-${stamp}.json`);
  await writeFile(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}
