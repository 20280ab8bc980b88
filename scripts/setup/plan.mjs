/**
 * @typedef {import('./needs.mjs').Need} Need
 *
 * @typedef {object} Situation
 * @property {import('./probe.mjs').System} system
 * @property {boolean} terminal whether a person sits there
 * @property {boolean} consent given beforehand, by `--yes` or by CI
 *
 * @typedef {{ kind: 'nothing' }
 *   | { kind: 'install', packages: readonly string[], ask: boolean, sudo: boolean }
 *   | { kind: 'tell' }} Plan
 */

/**
 * What to do about needs that are not met: install where that is allowed, else tell.
 *
 * @param {readonly Need[]} missing
 * @param {Situation} situation
 * @returns {Plan}
 */
export function planPackages(missing, { system, terminal, consent }) {
  const packages = packagesFor(missing, 'apt');
  if (missing.length === 0) return { kind: 'nothing' };
  if (system.packager !== 'apt' || packages.length === 0) return { kind: 'tell' };
  if (system.rights === 'none') return { kind: 'tell' };
  // A password needs somebody to type it.
  if (system.rights === 'sudo-password' && !terminal) return { kind: 'tell' };
  return {
    kind: 'install',
    packages,
    ask: terminal && !consent,
    sudo: system.rights !== 'root',
  };
}

/**
 * Whether an earlier set-up left the same missing, and all works without it: then it is not tried,
 * and nobody is asked, again.
 *
 * @param {readonly Need[]} missing
 * @param {readonly string[]} tried packages
 * @returns {boolean}
 */
export function triedBefore(missing, tried) {
  return (
    missing.every(({ weight }) => weight === 'reduces') &&
    packagesFor(missing, 'apt').every((name) => tried.includes(name))
  );
}

/**
 * @param {readonly Need[]} missing
 * @param {import('./needs.mjs').Packager} packager
 * @returns {readonly string[]}
 */
export function packagesFor(missing, packager) {
  return [...new Set(missing.flatMap((need) => need.packages[packager] ?? []))];
}

/**
 * The command that a person would type, or null where no package of that system is known.
 *
 * @param {readonly Need[]} missing
 * @param {import('./probe.mjs').System} system
 * @returns {string | null}
 */
export function commandFor(missing, { packager, rights }) {
  if (packager === null) return null;
  const packages = packagesFor(missing, packager);
  if (packages.length === 0) return null;
  const names = packages.join(' ');
  const sudo = rights === 'root' ? '' : 'sudo ';
  switch (packager) {
    case 'apt':
      return `${sudo}apt-get install --no-install-recommends ${names}`;
    case 'dnf':
      return `${sudo}dnf install ${names}`;
    case 'pacman':
      return `${sudo}pacman -S ${names}`;
    case 'brew':
      return `brew install ${names}`;
  }
}

/**
 * @typedef {object} Told
 * @property {'fail' | 'warn' | 'how'} kind
 * @property {string} text
 */

/**
 * What is missing, what that means, and how to get it, line by line.
 *
 * @param {readonly Need[]} missing
 * @param {import('./probe.mjs').System} system
 * @returns {readonly Told[]}
 */
export function describeMissing(missing, system) {
  /** @type {Told[]} */
  const told = [];
  for (const { title, weight, without, modes } of missing) {
    if (modes !== undefined) continue;
    const who = { required: 'required', tests: 'for tests', reduces: 'not required' }[weight];
    const kind = weight === 'reduces' ? 'warn' : 'fail';
    told.push({ kind, text: `${title} is missing (${who}): ${without}.` });
  }
  const pairs = missing.filter(({ modes }) => modes !== undefined);
  if (pairs.length > 0) {
    const without = pairs.map((need) => need.without).join(', ');
    const text = `Apertium is not whole (not required): ${without}. Captions in the spoken language work.`;
    told.push({ kind: 'warn', text });
  }
  const { packager } = system;
  const elsewhere = missing.filter(({ packages }) => packager === null || !packages[packager]);
  const command = commandFor(missing, system);
  const ways = [...(command === null ? [] : [command]), ...new Set(elsewhere.map(homepageOf))];
  return [...told, ...ways.map((text) => ({ kind: /** @type {const} */ ('how'), text }))];
}

/** @param {Need} need */
function homepageOf(need) {
  switch (need.id) {
    case 'ffmpeg':
      return 'FFmpeg for this system: https://ffmpeg.org/download.html';
    case 'redis':
      return 'Redis for this system: https://redis.io/docs/latest/operate/oss_and_stack/install/ (on Windows: inside WSL)';
    case 'chromium':
      return 'Chromium for this system: npx playwright install chromium';
    case 'nginx':
      return 'nginx for this system: https://nginx.org/en/download.html';
    case 'apertium-apy':
      return 'Apertium APy for this system: https://wiki.apertium.org/wiki/Apertium-apy';
    case 'tini':
      return 'tini for this system: https://github.com/krallin/tini';
    case 'promtool':
      return 'promtool for this system: https://prometheus.io/download/';
    case 'systemd-analyze':
      return 'systemd-analyze comes with systemd';
    case 'pip':
      return 'pip for this system: https://pip.pypa.io/en/stable/installation/';
    default:
      return 'Apertium for this system: https://wiki.apertium.org/wiki/Installation';
  }
}
