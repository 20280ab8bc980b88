import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ask, findOnPath } from './run.mjs';

/**
 * What a machine answers when it is asked whether something runs.
 *
 * @typedef {object} Probe
 * @property {NodeJS.ProcessEnv} env
 * @property {(program: string) => string | null} find the program's path
 * @property {(program: string) => boolean} isFfmpeg whether it runs and is FFmpeg
 * @property {() => string | null} staticFfmpeg the binary that ffmpeg-static has fetched
 * @property {(apertium: string) => ReadonlySet<string>} modes that Apertium has
 * @property {() => string | null} playwrightChromium the browser that Playwright has fetched
 * @property {() => boolean} hasInit whether the machine is started by an init system, whichever it is
 */

/** Names under which systems know a Chromium or a Chrome. */
const CHROMIUM_PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * Whether a need is met by what can really be run.
 *
 * @param {import('./needs.mjs').Need} need
 * @param {Probe} probe
 * @returns {boolean}
 */
export function isMet(need, probe) {
  const { env } = probe;
  switch (need.id) {
    case 'ffmpeg':
      return findFfmpeg(probe) !== null;
    case 'redis':
      return isSet(env.REDIS_URL) || findRedis(probe) !== null;
    case 'chromium':
      return findChromium(probe) !== null;
    case 'nginx':
      return findNginx(probe) !== null;
    case 'pip':
      return probe.find('pip3') !== null;
    case 'tini':
      return probe.find('tini') !== null;
    case 'systemd-analyze':
      return probe.find('systemd-analyze') !== null || probe.hasInit();
    default: {
      if (!apertiumWanted(env)) return true;
      const apertium = findApertium(probe);
      if (apertium === null) return false;
      const modes = probe.modes(apertium);
      return (need.modes ?? []).every((mode) => modes.has(mode));
    }
  }
}

/**
 * The FFmpeg that the server would take, in its order: the setting and nothing else where it is
 * given, ffmpeg-static's, the one on the PATH.
 *
 * @param {Probe} probe
 * @returns {string | null}
 */
export function findFfmpeg(probe) {
  const given = probe.env.FFMPEG_BIN;
  if (isSet(given)) return probe.isFfmpeg(given) ? given : null;
  for (const candidate of [probe.staticFfmpeg(), probe.find('ffmpeg')]) {
    if (candidate !== null && probe.isFfmpeg(candidate)) return candidate;
  }
  return null;
}

/** @param {Probe} probe */
export function findRedis({ env, find }) {
  return isSet(env.REDIS_SERVER_BIN) ? find(env.REDIS_SERVER_BIN) : find('redis-server');
}

/**
 * The load balancer that `parlance cluster` would take. Debian keeps it where only root's PATH leads.
 *
 * @param {Probe} probe
 */
export function findNginx({ env, find }) {
  return isSet(env.NGINX_BIN) ? find(env.NGINX_BIN) : (find('nginx') ?? find('/usr/sbin/nginx'));
}

/** @param {Probe} probe */
export function findApertium({ env, find }) {
  return isSet(env.APERTIUM_BIN) ? find(env.APERTIUM_BIN) : find('apertium');
}

/**
 * The browser that the end-to-end tests run in.
 *
 * @param {Probe} probe
 * @returns {string | null}
 */
export function findChromium(probe) {
  const given = probe.env.CHROMIUM_BIN;
  if (isSet(given)) return probe.find(given);
  for (const name of CHROMIUM_PROGRAMS) {
    const path = probe.find(name);
    if (path !== null) return path;
  }
  return probe.playwrightChromium();
}

/** @param {NodeJS.ProcessEnv} env */
function apertiumWanted(env) {
  return (
    !isSet(env.TRANSLATORS) || env.TRANSLATORS.split(',').some((name) => name.trim() === 'apertium')
  );
}

/**
 * @param {string | undefined} value
 * @returns {value is string}
 */
function isSet(value) {
  return value !== undefined && value !== '';
}

/**
 * The machine this runs on. Programs are asked once: after an installation, make a new one.
 *
 * @param {string} root the project's folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Probe}
 */
export function thisMachine(root, env = process.env) {
  const require = createRequire(join(root, 'package.json'));
  return {
    env,
    find: (program) =>
      program.includes('/') ? (isExecutable(program) ? program : null) : findOnPath(program, env),
    isFfmpeg: once((program) => /^ffmpeg version /.test(ask(program, ['-version']).output)),
    staticFfmpeg: () => {
      try {
        const path = require('ffmpeg-static');
        return typeof path === 'string' && isExecutable(path) ? path : null;
      } catch {
        // An optional package, which may not be installed.
        return null;
      }
    },
    modes: once((apertium) => {
      const { code, output } = ask(apertium, ['-l']);
      return new Set(code === 0 ? output.split('\n').map((line) => line.trim()) : []);
    }),
    hasInit: () => existsSync('/sbin/init') || process.platform !== 'linux',
    playwrightChromium: () => {
      try {
        const path = require('playwright').chromium.executablePath();
        return existsSync(path) ? path : null;
      } catch {
        // Only developers have Playwright.
        return null;
      }
    },
  };
}

/**
 * Keeps each answer.
 *
 * @template T
 * @param {(program: string) => T} answer
 * @returns {(program: string) => T}
 */
function once(answer) {
  /** @type {Map<string, T>} */
  const kept = new Map();
  return (program) => {
    const known = kept.get(program);
    if (known !== undefined) return known;
    const found = answer(program);
    kept.set(program, found);
    return found;
  };
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @typedef {object} System
 * @property {import('./needs.mjs').Packager | null} packager that this system's people use
 * @property {'root' | 'sudo' | 'sudo-password' | 'none'} rights
 */

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {System}
 */
export function thisSystem(env = process.env) {
  /** @param {string} name */
  const has = (name) => findOnPath(name, env) !== null;
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return {
    packager: packagerOf(release, has),
    rights: rightsOf(process.getuid?.() ?? -1, has, () => ask('sudo', ['-n', 'true']).code === 0),
  };
}

/**
 * @param {string} release the text of /etc/os-release, empty where there is none
 * @param {(program: string) => boolean} has
 * @returns {import('./needs.mjs').Packager | null}
 */
export function packagerOf(release, has) {
  const families = [...release.matchAll(/^(?:ID|ID_LIKE)=(.*)$/gm)].flatMap(([, value = '']) =>
    value.replace(/["']/g, '').split(' '),
  );
  /** @param {readonly string[]} names */
  const isOneOf = (...names) => names.some((name) => families.includes(name));
  if (isOneOf('debian', 'ubuntu') && has('apt-get')) return 'apt';
  if (isOneOf('fedora', 'rhel') && has('dnf')) return 'dnf';
  if (isOneOf('arch') && has('pacman')) return 'pacman';
  return has('brew') ? 'brew' : null;
}

/**
 * @param {number} uid
 * @param {(program: string) => boolean} has
 * @param {() => boolean} sudoIsFree whether sudo asks for no password
 * @returns {System['rights']}
 */
export function rightsOf(uid, has, sudoIsFree) {
  if (uid === 0) return 'root';
  if (!has('sudo')) return 'none';
  return sudoIsFree() ? 'sudo' : 'sudo-password';
}
