import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { installDebianPackages } from './apt.mjs';
import { CHROMIUM, FFMPEG } from './needs.mjs';
import { describeMissing, packagesFor, planPackages, triedBefore } from './plan.mjs';
import { isMet, thisMachine, thisSystem } from './probe.mjs';
import { run } from './run.mjs';
import { SetUpError } from './set-up-error.mjs';

/** Downloading a static FFmpeg of some 80 MB, or a browser of some 150. */
const DOWNLOAD_LIMIT_MS = 600_000;
/** Names the packages that were declined, or could not be had: nobody is asked at every start. */
const TRIED = 'dist/packages-tried.json';

/**
 * Brings missing programs onto this machine, as far as that is allowed.
 *
 * @param {string} root
 * @param {readonly import('./needs.mjs').Need[]} needs
 * @param {import('./screen.mjs').Screen} screen
 * @param {boolean} consent given beforehand
 * @returns {Promise<readonly import('./needs.mjs').Need[]>} what is missing all the same
 */
export async function ensurePrograms(root, needs, screen, consent) {
  const unmet = () => {
    const machine = thisMachine(root);
    return needs.filter((need) => !isMet(need, machine));
  };
  let missing = unmet();
  if (missing.length === 0) return missing;
  if (!consent && triedBefore(missing, readTried(root))) return missing;
  await installPackagesFor(missing, screen, consent);
  missing = unmet();
  if (missing.includes(FFMPEG)) await downloadStaticFfmpeg(root, screen);
  if (missing.includes(CHROMIUM)) await downloadChromium(root, screen);
  missing = unmet();
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, TRIED), JSON.stringify(packagesFor(missing, 'apt')));
  return missing;
}

/**
 * @param {string} root
 * @returns {readonly string[]}
 */
function readTried(root) {
  const file = join(root, TRIED);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

/**
 * Says what is missing, what that means and how to get it.
 *
 * @param {readonly import('./needs.mjs').Need[]} missing
 * @param {import('./screen.mjs').Screen} screen
 * @returns {boolean} whether it works all the same
 */
export function tellMissing(missing, screen) {
  if (missing.length === 0) return true;
  const told = describeMissing(missing, thisSystem());
  for (const { kind, text } of told) {
    if (kind === 'fail') screen.fail(text);
    if (kind === 'warn') screen.warn(text);
  }
  screen.line('  To get what is missing:');
  for (const { kind, text } of told) if (kind === 'how') screen.line(`    ${text}`);
  return missing.every(({ weight }) => weight === 'reduces');
}

/**
 * Installs Debian packages where that is allowed.
 *
 * @param {readonly import('./needs.mjs').Need[]} missing
 * @param {import('./screen.mjs').Screen} screen
 * @param {boolean} consent given beforehand
 */
export async function installPackagesFor(missing, screen, consent) {
  const plan = planPackages(missing, {
    system: thisSystem(),
    terminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
    consent,
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
 * @param {string} root
 * @param {import('./screen.mjs').Screen} screen
 */
async function downloadStaticFfmpeg(root, screen) {
  const installer = join(root, 'node_modules/ffmpeg-static/install.js');
  if (!existsSync(installer)) return;
  await attempt(root, screen, 'Downloading a static FFmpeg', 'static FFmpeg downloaded', [
    installer,
  ]);
  const machine = thisMachine(root);
  const binary = machine.staticFfmpeg();
  // A download that broke leaves a file that does not run.
  if (binary !== null && !machine.isFfmpeg(binary)) rmSync(binary, { force: true });
}

/**
 * @param {string} root
 * @param {import('./screen.mjs').Screen} screen
 */
async function downloadChromium(root, screen) {
  const cli = join(
    dirname(createRequire(join(root, 'package.json')).resolve('playwright/package.json')),
    'cli.js',
  );
  const asRoot = process.getuid?.() === 0 ? ['--with-deps'] : [];
  await attempt(root, screen, 'Downloading a Chromium for the tests', 'Chromium downloaded', [
    cli,
    'install',
    ...asRoot,
    'chromium',
  ]);
}

/**
 * Tries something that may fail without harm.
 *
 * @param {string} root
 * @param {import('./screen.mjs').Screen} screen
 * @param {string} doing
 * @param {string} done
 * @param {readonly string[]} args to Node
 */
async function attempt(root, screen, doing, done, args) {
  try {
    await screen.step(
      doing,
      async () => {
        const { code } = await run(process.execPath, args, {
          cwd: root,
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
