import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildIsFresh } from '../../../scripts/setup/build.mjs';
import { MINIMUM_NODE, nodeProblem } from '../../../scripts/setup/node-version.mjs';
import { npmPackagesMatch } from '../../../scripts/setup/npm-packages.mjs';
import type { Finding } from './finding.ts';

/** The folder with Parlance's package.json, upwards from a file of it. */
export function findProjectRoot(from: string): string | null {
  for (let folder = dirname(from); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (!existsSync(file)) continue;
    const parsed: { name?: unknown } = JSON.parse(readFileSync(file, 'utf8'));
    if (parsed.name === 'parlance') return folder;
  }
  return null;
}

export function checkNode(version: string): Finding {
  const base = { id: 'node', title: 'Node' };
  if (nodeProblem(version) === null) return { ...base, level: 'ok', found: version };
  return {
    ...base,
    level: 'fail',
    found: version,
    meaning: `Parlance needs ${MINIMUM_NODE} or newer.`,
    mend: 'nvm install 22   (or https://nodejs.org)',
  };
}

/** An installation without sources, as in a container, has nothing to compare. */
export function checkInstallation(root: string | null): readonly Finding[] {
  if (root === null || !existsSync(join(root, 'tsconfig.build.json'))) return [];
  const packages = npmPackagesMatch(root);
  const fresh = buildIsFresh(root);
  return [
    {
      id: 'npm-packages',
      title: 'npm packages',
      ...(packages
        ? { level: 'ok', found: 'as package-lock.json asks' }
        : {
            level: 'warn',
            found: 'not those of package-lock.json',
            meaning: 'Parlance may behave in another way than its authors have tested.',
            mend: 'npm ci',
          }),
    },
    {
      id: 'build',
      title: 'Build',
      ...(fresh
        ? { level: 'ok', found: 'made from the sources as they are' }
        : {
            level: 'warn',
            found: 'older than the sources',
            meaning: 'What runs is not what the sources say. "npm start" builds by itself.',
            mend: 'npm run build',
          }),
    },
  ];
}
