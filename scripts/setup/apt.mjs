import { existsSync } from 'node:fs';
import { run } from './run.mjs';
import { SetUpError } from './set-up-error.mjs';

/** Another program that installs packages is waited for this long. */
const LOCK_WAIT_S = 120;
/** Packages that Debian runs as services of the same name. */
const SERVICES = ['redis-server', 'nginx', 'prometheus', 'apertium-apy'];
/** A slow mirror and a hundred packages. */
const APT_LIMIT_MS = 1_800_000;

/**
 * Runs commands as root: directly, or through sudo.
 *
 * @param {boolean} sudo
 * @param {typeof run} runner
 */
export function asRoot(sudo, runner = run) {
  /**
   * @param {string} program
   * @param {readonly string[]} args
   */
  return (program, args) => {
    const command = ['env', 'DEBIAN_FRONTEND=noninteractive', program, ...args];
    const [first = 'env', ...rest] = sudo ? ['sudo', ...command] : command;
    return runner(first, rest, { limitMs: APT_LIMIT_MS });
  };
}

/**
 * Installs Debian packages; those that the package lists do not know are left out, so that one
 * unknown name does not prevent the others. Throws a {@link SetUpError} where apt fails.
 *
 * @param {readonly string[]} packages
 * @param {boolean} sudo
 * @param {typeof run} runner
 * @returns {Promise<{ installed: readonly string[], unknown: readonly string[] }>}
 */
export async function installDebianPackages(packages, sudo, runner = run) {
  const root = asRoot(sudo, runner);
  let updated = false;
  const update = async () => {
    updated = true;
    // Its failure may concern one of many sources: whether the packages are there is seen next.
    await root('apt-get', ['update', ...APT_OPTIONS]);
  };
  let known = await installable(packages, runner);
  if (known.length < packages.length) {
    await update();
    known = await installable(packages, runner);
  }
  const unknown = packages.filter((name) => !known.includes(name));
  if (known.length === 0) return { installed: [], unknown };
  const install = () =>
    root('apt-get', ['install', '--yes', '--no-install-recommends', ...APT_OPTIONS, ...known]);
  let { code, output } = await install();
  if (code !== 0 && !updated) {
    // Old lists name versions that the server no longer has.
    await update();
    ({ code, output } = await install());
  }
  if (code !== 0) {
    throw new SetUpError(`apt-get ended with code ${code}:\n${lastLines(output)}`);
  }
  for (const name of known) if (SERVICES.includes(name)) await stopService(root, name);
  return { installed: known, unknown };
}

const APT_OPTIONS = ['--quiet', `-o=DPkg::Lock::Timeout=${LOCK_WAIT_S}`];

/**
 * Those packages that the lists on this machine offer.
 *
 * @param {readonly string[]} packages
 * @param {typeof run} runner
 * @returns {Promise<readonly string[]>}
 */
async function installable(packages, runner) {
  const { output } = await runner('apt-cache', ['policy', ...packages], {
    env: { ...process.env, LC_ALL: 'C' },
  });
  return packages.filter((name) => candidatesIn(output).has(name));
}

/**
 * @param {string} policy what `apt-cache policy` wrote, in English
 * @returns {ReadonlySet<string>} packages with a version to install
 */
export function candidatesIn(policy) {
  const offered = new Set();
  for (const [, name, candidate] of policy.matchAll(
    /^(\S+):\n(?: {2}.*\n)*? {2}Candidate: (.*)$/gm,
  )) {
    if (candidate !== '(none)') offered.add(name);
  }
  return offered;
}

/**
 * Debian starts these as services, on ports 6379, 80, 9090 and 2737. Only their programs are needed:
 * Parlance runs private ones. Called only where the package was installed just now, so nobody's service is taken.
 *
 * @param {ReturnType<typeof asRoot>} root
 * @param {string} name
 */
async function stopService(root, name) {
  if (existsSync('/run/systemd/system')) {
    await root('systemctl', ['disable', '--now', `${name}.service`]);
  } else {
    await root('service', [name, 'stop']);
    await root('update-rc.d', [name, 'disable']);
  }
}

/**
 * @param {string} output
 * @param {number} count
 */
export function lastLines(output, count = 15) {
  return output
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => `  ${line}`)
    .join('\n');
}
