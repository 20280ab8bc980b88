import { describe, expect, test } from 'vitest';
import {
  APERTIUM_APY,
  APERTIUM_PAIRS,
  CHROMIUM,
  CI_NEEDS,
  CLUSTER_NEEDS,
  FFMPEG,
  NGINX,
  PIP,
  PROMTOOL,
  REDIS,
  SYSTEMD_ANALYZE,
  TEST_NEEDS,
  TINI,
} from './needs.mjs';
import { commandFor, describeMissing, packagesFor, planPackages, triedBefore } from './plan.mjs';

/** @typedef {import('./probe.mjs').System} System */

/** @type {System} */
const debianRoot = { packager: 'apt', rights: 'root' };

describe('planning', () => {
  test('nothing missing, nothing to do', () => {
    expect(planPackages([], { system: debianRoot, terminal: true, consent: false })).toEqual({
      kind: 'nothing',
    });
  });

  test('root without a terminal goes ahead, without sudo', () => {
    const plan = planPackages([FFMPEG, REDIS], {
      system: debianRoot,
      terminal: false,
      consent: false,
    });
    expect(plan).toEqual({
      kind: 'install',
      packages: ['ffmpeg', 'redis-server'],
      ask: false,
      sudo: false,
    });
  });

  test.each(
    /** @type {const} */ ([
      // rights, terminal, consent → what happens
      ['root', true, false, { ask: true, sudo: false }],
      ['root', true, true, { ask: false, sudo: false }],
      ['sudo', true, false, { ask: true, sudo: true }],
      ['sudo', false, false, { ask: false, sudo: true }],
      ['sudo', true, true, { ask: false, sudo: true }],
      ['sudo-password', true, false, { ask: true, sudo: true }],
      ['sudo-password', true, true, { ask: false, sudo: true }],
      ['sudo-password', false, true, null],
      ['sudo-password', false, false, null],
      ['none', true, true, null],
      ['none', false, false, null],
    ]),
  )('rights %s, terminal %s, consent %s', (rights, terminal, consent, expected) => {
    const plan = planPackages([FFMPEG], { system: { packager: 'apt', rights }, terminal, consent });
    expect(plan).toEqual(
      expected === null ? { kind: 'tell' } : { kind: 'install', packages: ['ffmpeg'], ...expected },
    );
  });

  test.each(/** @type {const} */ (['dnf', 'pacman', 'brew', null]))(
    'on %s nothing is installed by itself, even for root',
    (packager) => {
      const system = { packager, rights: /** @type {const} */ ('root') };
      expect(planPackages([FFMPEG], { system, terminal: false, consent: true })).toEqual({
        kind: 'tell',
      });
    },
  );

  test('what was declined or not to be had is not tried again, unless it is required', () => {
    const tried = packagesFor(APERTIUM_PAIRS, 'apt');
    expect(triedBefore(APERTIUM_PAIRS, tried)).toBe(true);
    expect(triedBefore(APERTIUM_PAIRS.slice(0, 2), tried)).toBe(true);
    expect(triedBefore(APERTIUM_PAIRS, tried.slice(0, 3))).toBe(false);
    expect(triedBefore([FFMPEG], ['ffmpeg'])).toBe(false);
    expect(triedBefore([CHROMIUM], ['chromium'])).toBe(false);
  });

  test('a package that several needs share is named once', () => {
    const packages = packagesFor(APERTIUM_PAIRS, 'apt');
    expect(packages.filter((name) => name === 'apertium')).toHaveLength(1);
  });
});

describe('telling', () => {
  test.each(
    /** @type {const} */ ([
      ['apt', 'root', 'apt-get install --no-install-recommends ffmpeg redis-server'],
      ['apt', 'none', 'sudo apt-get install --no-install-recommends ffmpeg redis-server'],
      ['dnf', 'none', 'sudo dnf install ffmpeg-free valkey-compat-redis'],
      ['pacman', 'root', 'pacman -S ffmpeg valkey'],
      ['brew', 'none', 'brew install ffmpeg redis'],
      [null, 'none', null],
    ]),
  )('%s as %s', (packager, rights, command) => {
    expect(commandFor([FFMPEG, REDIS], { packager, rights })).toBe(command);
  });

  test('required, reducing and testing needs are told apart, with what they mean', () => {
    const told = describeMissing(TEST_NEEDS, { packager: 'apt', rights: 'none' });
    /** @param {string} kind */
    const texts = (kind) => told.filter((line) => line.kind === kind).map(({ text }) => text);
    expect(texts('fail')).toEqual([
      expect.stringContaining('FFmpeg is missing (required): no sound can be decoded'),
      expect.stringContaining('Redis is missing (required)'),
      expect.stringContaining('Chromium is missing (for tests)'),
      expect.stringContaining('nginx is missing (for tests)'),
      expect.stringContaining('promtool is missing (for tests)'),
    ]);
    expect(texts('warn')).toEqual([
      expect.stringContaining('systemd-analyze is missing (not required)'),
      expect.stringContaining('pip is missing (not required)'),
      expect.stringMatching(
        /not required\): no Spanish, no Catalan.*in the spoken language work\.$/,
      ),
    ]);
    expect(texts('how')).toEqual([
      expect.stringMatching(
        /^sudo apt-get install .* apertium-spa-ita chromium nginx prometheus systemd python3-pip$/,
      ),
    ]);
  });

  /**
   * @param {readonly import('./needs.mjs').Need[]} needs
   * @param {import('./needs.mjs').Packager | null} packager
   */
  const waysFor = (needs, packager) =>
    describeMissing(needs, { packager, rights: 'none' })
      .filter(({ kind }) => kind === 'how')
      .map(({ text }) => text);

  test('what a system has no package for comes with an address', () => {
    expect(waysFor([FFMPEG, ...APERTIUM_PAIRS], 'brew')).toEqual([
      'brew install ffmpeg',
      expect.stringContaining('wiki.apertium.org'),
    ]);
  });

  test('a system that nobody knows gets an address for everything', () => {
    const needs = [
      ...[FFMPEG, REDIS, PIP, CHROMIUM, NGINX, PROMTOOL, TINI, SYSTEMD_ANALYZE],
      APERTIUM_APY,
    ];
    const ways = waysFor(needs, null);
    expect(ways).toHaveLength(needs.length);
    for (const way of ways) expect(way).toMatch(/https:|npx|systemd/);
  });
});

describe('the list of needs', () => {
  test('what starts a server that anybody reaches is for machines of CI only', () => {
    expect(TEST_NEEDS).not.toContain(APERTIUM_APY);
    expect(CI_NEEDS).toContain(APERTIUM_APY);
  });

  test('a cluster cannot do without nginx, a single server can', () => {
    const told = describeMissing(CLUSTER_NEEDS, { packager: 'apt', rights: 'none' });
    expect(told).toContainEqual({
      kind: 'fail',
      text: expect.stringContaining('nginx is missing (required)'),
    });
  });

  test('every need has a Debian package and says what is lost without it', () => {
    for (const need of CI_NEEDS) {
      expect(need.packages.apt?.length).toBeGreaterThan(0);
      expect(need.without).not.toBe('');
    }
    expect(new Set(CI_NEEDS.map(({ id }) => id)).size).toBe(CI_NEEDS.length);
  });
});
