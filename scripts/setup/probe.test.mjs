import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  APERTIUM_PAIRS,
  CHROMIUM,
  FFMPEG,
  NGINX,
  PIP,
  REDIS,
  SERVER_NEEDS,
  SYSTEMD_ANALYZE,
  TINI,
} from './needs.mjs';
import { findChromium, findFfmpeg, isMet, packagerOf, rightsOf } from './probe.mjs';
import { findOnPath } from './run.mjs';

/**
 * A machine with these programs on its PATH.
 *
 * @param {Partial<import('./probe.mjs').Probe> & { programs?: readonly string[] }} parts
 * @returns {import('./probe.mjs').Probe}
 */
function machine({ programs = [], ...parts }) {
  return {
    env: {},
    find: (name) => (programs.includes(name) ? `/usr/bin/${name.replace(/^.*\//, '')}` : null),
    isFfmpeg: (path) => path.includes('ffmpeg'),
    staticFfmpeg: () => null,
    modes: () => new Set(),
    playwrightChromium: () => null,
    hasInit: () => false,
    ...parts,
  };
}

describe('what is met', () => {
  test('a bare machine meets nothing', () => {
    expect(SERVER_NEEDS.filter((need) => isMet(need, machine({})))).toEqual([]);
  });

  test('programs on the PATH count', () => {
    const rich = machine({ programs: ['ffmpeg', 'redis-server', 'chromium', 'pip3'] });
    for (const need of [FFMPEG, REDIS, CHROMIUM, PIP]) expect(isMet(need, rich)).toBe(true);
  });

  test('nginx is found beside the PATH too, unless another is named', () => {
    expect(isMet(NGINX, machine({}))).toBe(false);
    expect(isMet(NGINX, machine({ programs: ['nginx'] }))).toBe(true);
    const debian = machine({ programs: ['/usr/sbin/nginx'] });
    expect(isMet(NGINX, debian)).toBe(true);
    expect(isMet(NGINX, { ...debian, env: { NGINX_BIN: '/opt/nginx' } })).toBe(false);
  });

  test('systemd is brought into containers only, and tini counts by itself', () => {
    expect(isMet(SYSTEMD_ANALYZE, machine({}))).toBe(false);
    expect(isMet(SYSTEMD_ANALYZE, machine({ programs: ['systemd-analyze'] }))).toBe(true);
    // Another init system must not be replaced for the sake of a test.
    expect(isMet(SYSTEMD_ANALYZE, machine({ hasInit: () => true }))).toBe(true);
    expect(isMet(TINI, machine({}))).toBe(false);
    expect(isMet(TINI, machine({ programs: ['tini'] }))).toBe(true);
  });

  test('a Redis elsewhere makes the program needless', () => {
    expect(isMet(REDIS, machine({ env: { REDIS_URL: 'redis://there' } }))).toBe(true);
    expect(isMet(REDIS, machine({ env: { REDIS_URL: '' } }))).toBe(false);
  });

  test('FFMPEG_BIN counts alone, even where another is on the PATH', () => {
    const programs = ['ffmpeg'];
    expect(findFfmpeg(machine({ programs, env: { FFMPEG_BIN: '/opt/ffmpeg' } }))).toBe(
      '/opt/ffmpeg',
    );
    expect(findFfmpeg(machine({ programs, env: { FFMPEG_BIN: '/opt/other' } }))).toBeNull();
  });

  test("ffmpeg-static's binary goes before the PATH, if it runs", () => {
    const programs = ['ffmpeg'];
    const static_ = machine({ programs, staticFfmpeg: () => '/npm/ffmpeg' });
    expect(findFfmpeg(static_)).toBe('/npm/ffmpeg');
    expect(findFfmpeg(machine({ programs, staticFfmpeg: () => '/npm/half' }))).toBe(
      '/usr/bin/ffmpeg',
    );
  });

  test('each pair of Apertium is judged by its mode', () => {
    const some = machine({ programs: ['apertium'], modes: () => new Set(['eng-spa', 'en-gl']) });
    const met = APERTIUM_PAIRS.filter((need) => isMet(need, some)).map(({ language }) => language);
    expect(met).toEqual(['es', 'gl']);
  });

  test('where nobody wants Apertium, it is not missing', () => {
    expect(
      APERTIUM_PAIRS.every((need) => isMet(need, machine({ env: { TRANSLATORS: 'none' } }))),
    ).toBe(true);
  });

  test('any Chromium or Chrome serves the tests, and CHROMIUM_BIN goes first', () => {
    expect(findChromium(machine({ programs: ['google-chrome'] }))).toBe('/usr/bin/google-chrome');
    expect(findChromium(machine({ playwrightChromium: () => '/cache/chrome' }))).toBe(
      '/cache/chrome',
    );
    const env = { CHROMIUM_BIN: 'my-chrome' };
    expect(findChromium(machine({ programs: ['chromium'], env }))).toBeNull();
    expect(findChromium(machine({ programs: ['my-chrome'], env }))).toBe('/usr/bin/my-chrome');
  });
});

describe('systems', () => {
  const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n';
  const mint = 'ID=linuxmint\nID_LIKE="ubuntu debian"\n';
  const rocky = 'ID="rocky"\nID_LIKE="rhel centos fedora"\n';
  const everything = () => true;

  test.each([
    [debian, 'apt'],
    [mint, 'apt'],
    [rocky, 'dnf'],
    ['ID=arch\n', 'pacman'],
    ['ID=nixos\n', 'brew'],
    ['', 'brew'],
  ])('%s', (release, packager) => {
    expect(packagerOf(release, everything)).toBe(packager);
  });

  test('a packager that is not there is not named', () => {
    expect(packagerOf(debian, () => false)).toBeNull();
  });

  test('rights', () => {
    const refuse = () => false;
    expect(rightsOf(0, refuse, refuse)).toBe('root');
    expect(rightsOf(1000, refuse, everything)).toBe('none');
    expect(rightsOf(1000, everything, everything)).toBe('sudo');
    expect(rightsOf(1000, everything, refuse)).toBe('sudo-password');
  });
});

describe('the PATH', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parlance-path-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test('only what can be executed is found, and no folders', () => {
    writeFileSync(join(folder, 'tool'), '', { mode: 0o755 });
    writeFileSync(join(folder, 'text'), '', { mode: 0o644 });
    mkdirSync(join(folder, 'sub'));
    chmodSync(join(folder, 'sub'), 0o755);
    const env = { PATH: `/nowhere::${folder}` };
    expect(findOnPath('tool', env)).toBe(join(folder, 'tool'));
    for (const name of ['text', 'sub', 'other']) expect(findOnPath(name, env)).toBeNull();
    expect(findOnPath('tool', {})).toBeNull();
  });
});
