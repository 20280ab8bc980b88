import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { PIP } from './needs.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { isMet, thisMachine } from './probe.mjs';
import { ensurePrograms, installPackagesFor, tellMissing } from './programs.mjs';
import { SetUpError } from './set-up-error.mjs';

/** The project's folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * @typedef {object} SetUpOptions
 * @property {readonly import('./needs.mjs').Need[]} needs what it is for
 * @property {boolean} yes consent to installing system packages
 */

/**
 * Brings everything that Parlance needs onto this machine, as far as that is allowed, and says what
 * it did. Throws a {@link SetUpError} where something is missing without which nothing works.
 *
 * @param {import('./screen.mjs').Screen} screen
 * @param {SetUpOptions} options
 */
export async function setUp(screen, { needs, yes }) {
  const consent = yes || isSet(process.env.CI);
  await ensureNpmPackages(ROOT, screen);
  const missing = await ensurePrograms(ROOT, needs, screen, consent);
  await ensureBuilt(ROOT, screen);
  const modelProblem = await ensureModels(screen, consent);
  // Told last, so that it is the last on the screen, and "parlance doctor" is built by then.
  if (modelProblem !== null) screen.fail(modelProblem);
  const pipHelps = modelProblem !== null && !isMet(PIP, thisMachine(ROOT));
  const works = tellMissing(pipHelps ? [...missing, PIP] : missing, screen);
  if (works && modelProblem === null) return;
  throw new SetUpError('Bring what is missing, then run the same command again.');
}

/** @param {string | undefined} value */
export function isSet(value) {
  return value !== undefined && value !== '' && value !== 'false';
}

/**
 * Fetches the speech model with the product's own code, which the build has just made; with pip
 * where only that can bring it.
 *
 * @param {import('./screen.mjs').Screen} screen
 * @param {boolean} consent
 * @returns {Promise<string | null>} why there is no model, null where there is one
 */
async function ensureModels(screen, consent) {
  const built = join(ROOT, 'dist/node/server/src/cli/models.js');
  const { fetchModels, starters } = await import(pathToFileURL(built).href);
  /** @returns {Promise<Error & { code?: string } | null>} */
  const attempt = () => fetchModels(starters(), { quiet: true }).then(() => null, expected);
  const problem = await attempt();
  const pipMissing = problem?.code === 'download_failed' && !isMet(PIP, thisMachine(ROOT));
  if (!pipMissing) return problem?.message ?? null;
  screen.warn("Only the maker's Python package may be within reach, and that needs pip.");
  await installPackagesFor([PIP], screen, consent);
  return (isMet(PIP, thisMachine(ROOT)) ? await attempt() : problem)?.message ?? null;
}

/**
 * Errors that the product names tell the user what to do; others are mistakes of ours.
 *
 * @param {Error & { code?: string }} error
 */
function expected(error) {
  if (error.name !== 'AppError' && error.name !== 'SettingsError') throw error;
  return error;
}
