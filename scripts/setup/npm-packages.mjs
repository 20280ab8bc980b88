import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { lastLines } from './apt.mjs';
import { run } from './run.mjs';
import { SetUpError } from './set-up-error.mjs';

/**
 * @typedef {object} LockEntry
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 * @property {boolean} [devOptional]
 * @property {boolean} [link]
 *
 * @typedef {{ packages?: Readonly<Record<string, LockEntry>> }} Lock
 */

/**
 * Whether what npm says it installed is what the lock file asks for. Optional packages may be
 * absent: most of them are for other systems.
 *
 * @param {Lock} wanted package-lock.json
 * @param {Lock} installed node_modules/.package-lock.json, which npm writes last
 * @returns {boolean}
 */
export function locksMatch(wanted, installed) {
  const have = installed.packages ?? {};
  const want = Object.entries(wanted.packages ?? {}).filter(([path]) => path !== '');
  const asked = new Set(want.map(([path]) => path));
  if (Object.keys(have).some((path) => !asked.has(path))) return false;
  return want.every(([path, { version, integrity, optional, devOptional }]) => {
    const found = have[path];
    if (found === undefined) return optional === true || devOptional === true;
    return found.version === version && found.integrity === integrity;
  });
}

/**
 * Whether node_modules is whole and belongs to package-lock.json.
 *
 * @param {string} root
 * @returns {boolean}
 */
export function npmPackagesMatch(root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  /** @type {Lock} */
  const installed = JSON.parse(readFileSync(record, 'utf8'));
  if (!locksMatch(readLock(root), installed)) return false;
  return Object.keys(installed.packages ?? {}).every((path) => existsSync(join(root, path)));
}

/**
 * @param {string} root
 * @returns {Lock}
 */
function readLock(root) {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
}

/**
 * Installs the npm packages that the lock file names, unless they are there.
 *
 * @param {string} root
 * @param {import('./screen.mjs').Screen} screen
 */
export async function ensureNpmPackages(root, screen) {
  if (npmPackagesMatch(root)) return;
  const count = Object.keys(readLock(root).packages ?? {}).length;
  await screen.step(
    'Installing npm packages',
    async () => {
      const [program, ...args] = npmCommand(process.env.npm_execpath);
      // Development packages too: they build the page. And no install script runs (see .npmrc).
      const { code, output } = await run(
        program,
        [...args, 'ci', '--include=dev', '--no-progress'],
        {
          cwd: root,
          env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
        },
      );
      if (code === 0) return;
      throw new SetUpError(
        `"npm ci" ended with code ${code}:\n${lastLines(output)}\nIs there a network, and can this folder be written to?`,
      );
    },
    () => `npm packages installed, up to ${count}`,
  );
}

/**
 * The npm that started this script, or the one on the PATH.
 *
 * @param {string | undefined} execPath npm's own script, where npm tells it
 * @returns {[string, ...string[]]}
 */
export function npmCommand(execPath) {
  return execPath !== undefined && basename(execPath) === 'npm-cli.js'
    ? [process.execPath, execPath]
    : ['npm'];
}
