import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../server/src/testing/speech-corpus.ts';

/** Where reports and caches of benchmarks lie; not part of the repository. */
export function resultsFolder(): string {
  return join(projectRoot(), 'bench', 'results');
}

/** Keeps a report as `NAME-TIME.json` and `NAME-TIME.html`; returns the path without the ending. */
export async function keepResult(
  name: string,
  startedAt: Date,
  result: Readonly<Record<string, unknown>>,
  page: string,
): Promise<string> {
  const folder = resultsFolder();
  await mkdir(folder, { recursive: true });
  const stamp = startedAt.toISOString().replace(/[:.]/g, '-');
  const path = join(folder, `${name}-${stamp}`);
  await writeFile(`${path}.json`, `${JSON.stringify(result, null, 2)}\n`);
  await writeFile(`${path}.html`, page);
  return path;
}
