import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { lastLines } from './apt.mjs';
import { run } from './run.mjs';
import { SetUpError } from './set-up-error.mjs';

/**
 * A part of the product that is built from sources into a folder of its own.
 *
 * @typedef {object} Part
 * @property {string} title
 * @property {string} out under dist
 * @property {string} proof a file that every build of it has
 * @property {readonly string[]} inputs files and folders whose content decides the outcome
 * @property {(out: string) => readonly string[]} command arguments to Node
 */

/** @type {readonly Part[]} */
const PARTS = [
  {
    title: 'server',
    out: 'node',
    proof: 'server/src/cli/main.js',
    inputs: [
      'shared',
      'server',
      'client/src/live',
      'bench',
      'chaos',
      'scripts/setup',
      'tsconfig.json',
      'tsconfig.build.json',
      'package-lock.json',
    ],
    command: (out) => [
      'node_modules/typescript/bin/tsc',
      '--project',
      'tsconfig.build.json',
      '--outDir',
      out,
      '--tsBuildInfoFile',
      join(out, '.tsbuildinfo'),
    ],
  },
  {
    title: 'page',
    out: 'page',
    proof: 'index.html',
    inputs: ['shared', 'client', 'vite.config.ts', 'tsconfig.json', 'package-lock.json'],
    command: (out) => [
      'node_modules/vite/bin/vite.js',
      'build',
      '--outDir',
      join('..', out),
      '--emptyOutDir',
      '--logLevel',
      'warn',
    ],
  },
];

/** Folders beside sources that are results themselves. */
const NOT_SOURCES = new Set(['node_modules', 'results', 'artifacts']);

/**
 * Builds the server and the page where their sources have changed since the last build. A failed
 * build leaves the last good one in place.
 *
 * @param {string} root
 * @param {import('./screen.mjs').Screen} screen
 * @returns {Promise<boolean>} whether anything was built
 */
export async function ensureBuilt(root, screen) {
  const stale = PARTS.map((part) => ({ part, stamp: stampOf(root, part.inputs) })).filter(
    ({ part, stamp }) => !isBuilt(root, part, stamp),
  );
  if (stale.length === 0) return false;
  const titles = stale.map(({ part }) => part.title).join(' and ');
  removeLeftOvers(root);
  await screen.step(
    `Building the ${titles}`,
    async () => {
      // Each is waited for, so that no build is left running beside what comes next.
      const built = await Promise.allSettled(
        stale.map(({ part, stamp }) => build(root, part, stamp)),
      );
      for (const outcome of built) if (outcome.status === 'rejected') throw outcome.reason;
    },
    () => `${titles} built`,
  );
  return true;
}

/** Whether every part is built from the sources as they are. @param {string} root */
export function buildIsFresh(root) {
  return PARTS.every((part) => isBuilt(root, part, stampOf(root, part.inputs)));
}

/**
 * @param {string} root
 * @param {Part} part
 * @param {string} stamp
 */
function isBuilt(root, part, stamp) {
  const folder = join(root, 'dist', part.out);
  const kept = join(folder, STAMP);
  return (
    existsSync(join(folder, part.proof)) && existsSync(kept) && readFileSync(kept, 'utf8') === stamp
  );
}

const STAMP = '.stamp';

/**
 * Builds beside the last build and takes its place only when whole.
 *
 * @param {string} root
 * @param {Part} part
 * @param {string} stamp
 */
async function build(root, part, stamp) {
  const out = join('dist', part.out);
  const next = `${out}.next-${process.pid}`;
  const old = `${out}.old-${process.pid}`;
  mkdirSync(join(root, next), { recursive: true });
  try {
    const { code, output } = await run(process.execPath, part.command(next), { cwd: root });
    if (code !== 0) {
      throw new SetUpError(`The ${part.title} could not be built:\n${lastLines(output, 40)}`);
    }
    writeFileSync(join(root, next, STAMP), stamp);
    if (existsSync(join(root, out))) renameSync(join(root, out), join(root, old));
    renameSync(join(root, next), join(root, out));
  } finally {
    for (const folder of [next, old]) rmSync(join(root, folder), { recursive: true, force: true });
  }
}

/** Removes what builds that were killed have left. @param {string} root */
function removeLeftOvers(root) {
  const dist = join(root, 'dist');
  if (!existsSync(dist)) return;
  for (const name of readdirSync(dist)) {
    const pid = Number(/\.(?:next|old)-(\d+)$/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    rmSync(join(dist, name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * A hash over the names and contents of sources; tests are none.
 *
 * @param {string} root
 * @param {readonly string[]} inputs
 * @returns {string}
 */
export function stampOf(root, inputs) {
  const hash = createHash('sha256');
  for (const input of inputs) addTo(hash, root, input);
  return hash.digest('hex');
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} root
 * @param {string} path
 */
function addTo(hash, root, path) {
  const full = join(root, path);
  if (!existsSync(full)) return;
  /** @type {import('node:fs').Dirent[]} */
  let children;
  try {
    children = readdirSync(full, { withFileTypes: true });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOTDIR') throw error;
    const content = readFileSync(full);
    hash.update(`${path}\0${content.length}\0`).update(content);
    return;
  }
  children.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const child of children) {
    if (NOT_SOURCES.has(child.name) || /\.test\.(ts|mjs)$/.test(child.name)) continue;
    addTo(hash, root, join(path, child.name));
  }
}
