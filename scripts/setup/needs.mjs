/**
 * What Parlance uses beyond npm packages, why, and where systems have it. Data for the set-up
 * scripts and for `parlance doctor`.
 *
 * @typedef {'apt' | 'dnf' | 'pacman' | 'brew'} Packager
 *
 * @typedef {object} Need
 * @property {string} id
 * @property {string} title
 * @property {'required' | 'reduces' | 'tests'} weight without it nothing works; less works; tests alone need it
 * @property {string} without what its absence means
 * @property {string} [program] on the PATH
 * @property {readonly string[]} [modes] of Apertium
 * @property {string} [language] ISO 639-1, that it translates to
 * @property {Readonly<Partial<Record<Packager, readonly string[]>>>} packages
 */

/** @type {Need} */
export const FFMPEG = {
  id: 'ffmpeg',
  title: 'FFmpeg',
  weight: 'required',
  without: 'no sound can be decoded, so nothing is recognised',
  program: 'ffmpeg',
  packages: { apt: ['ffmpeg'], dnf: ['ffmpeg-free'], pacman: ['ffmpeg'], brew: ['ffmpeg'] },
};

/** @type {Need} */
export const REDIS = {
  id: 'redis',
  title: 'Redis',
  weight: 'required',
  without: 'what is said can neither be kept nor shared (or set REDIS_URL to a Redis elsewhere)',
  program: 'redis-server',
  packages: {
    apt: ['redis-server'],
    dnf: ['valkey-compat-redis'],
    pacman: ['valkey'],
    brew: ['redis'],
  },
};

/**
 * One language pair of Apertium, in the direction away from English.
 *
 * @param {string} mode as `apertium -l` lists it
 * @param {string} language ISO 639-1
 * @param {string} name
 * @param {string} apt
 * @param {string} [via] the language that English goes through
 * @returns {Need}
 */
function apertiumPair(mode, language, name, apt, via) {
  return {
    id: `apertium-${language}`,
    title: `Apertium to ${name}`,
    weight: 'reduces',
    without: `no ${name}${via === undefined ? '' : ` (through ${via})`}`,
    program: 'apertium',
    modes: [mode],
    language,
    packages: { apt: ['apertium', apt] },
  };
}

/** @type {readonly Need[]} */
export const APERTIUM_PAIRS = [
  apertiumPair('eng-spa', 'es', 'Spanish', 'apertium-eng-spa'),
  apertiumPair('eng-cat', 'ca', 'Catalan', 'apertium-eng-cat'),
  apertiumPair('en-gl', 'gl', 'Galician', 'apertium-en-gl'),
  apertiumPair('en-eo', 'eo', 'Esperanto', 'apertium-eo-en'),
  apertiumPair('es-pt', 'pt', 'Portuguese', 'apertium-es-pt', 'Spanish'),
  apertiumPair('cat-fra', 'fr', 'French', 'apertium-fra-cat', 'Catalan'),
  apertiumPair('spa-ita', 'it', 'Italian', 'apertium-spa-ita', 'Spanish'),
];

/** @type {Need} */
export const CHROMIUM = {
  id: 'chromium',
  title: 'Chromium',
  weight: 'tests',
  without: 'the end-to-end tests cannot run',
  packages: { apt: ['chromium'], dnf: ['chromium'], pacman: ['chromium'] },
};

/** @type {Need} */
export const NGINX = {
  id: 'nginx',
  title: 'nginx',
  weight: 'tests',
  without: 'several nodes on this machine have no load balancer, and the tests of that cannot run',
  program: 'nginx',
  packages: { apt: ['nginx'], dnf: ['nginx'], pacman: ['nginx'], brew: ['nginx'] },
};

/** @type {Need} */
export const PIP = {
  id: 'pip',
  title: 'pip',
  weight: 'reduces',
  without: "the speech model can come from the maker's download server only",
  program: 'pip3',
  packages: {
    apt: ['python3-pip'],
    dnf: ['python3-pip'],
    pacman: ['python-pip'],
    brew: ['python'],
  },
};

/** @type {Need} */
export const TINI = {
  id: 'tini',
  title: 'tini',
  weight: 'required',
  without: 'a container has nobody to hand signals on and to reap processes',
  program: 'tini',
  packages: { apt: ['tini'], pacman: ['tini'] },
};

/** @type {Need} */
export const SYSTEMD_ANALYZE = {
  id: 'systemd-analyze',
  title: 'systemd-analyze',
  weight: 'reduces',
  without: 'the tests do not judge the systemd unit',
  program: 'systemd-analyze',
  packages: { apt: ['systemd'] },
};

/** @type {Need} */
const PIP_FOR_TESTS = {
  ...PIP,
  without: 'the tests do not attack the HTTP server with made-up requests (schemathesis)',
};

/** @type {Need} */
export const PROMTOOL = {
  id: 'promtool',
  title: 'promtool',
  weight: 'tests',
  without: 'the alarms cannot be tested',
  program: 'promtool',
  packages: {
    apt: ['prometheus'],
    dnf: ['golang-github-prometheus'],
    pacman: ['prometheus'],
    brew: ['prometheus'],
  },
};

/** @type {Need} */
export const APERTIUM_APY = {
  id: 'apertium-apy',
  title: 'Apertium APy',
  weight: 'reduces',
  without: 'the tests ask no genuine Apertium APy server',
  program: 'apertium-apy',
  packages: { apt: ['apertium-apy'] },
};

/** @type {readonly Need[]} */
export const SERVER_NEEDS = [FFMPEG, REDIS, ...APERTIUM_PAIRS];

/** @type {readonly Need[]} */
export const TEST_NEEDS = [
  ...SERVER_NEEDS,
  CHROMIUM,
  NGINX,
  PROMTOOL,
  SYSTEMD_ANALYZE,
  PIP_FOR_TESTS,
];

/**
 * On machines of CI only: Debian's package starts a server that listens on every address.
 *
 * @type {readonly Need[]}
 */
export const CI_NEEDS = [...TEST_NEEDS, APERTIUM_APY];

/** @type {readonly Need[]} */
export const CLUSTER_NEEDS = [...SERVER_NEEDS, { ...NGINX, weight: 'required' }];

/** What an image has beside Node; Redis is a container of its own. @type {readonly Need[]} */
export const IMAGE_NEEDS = [...SERVER_NEEDS.filter((need) => need !== REDIS), TINI];
