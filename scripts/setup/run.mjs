import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The end of a program's output that is kept for a failure's report. */
const KEPT_CHARS = 64_000;

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] in place of this process's
 * @property {number} [limitMs] the program is ended after it
 * @property {boolean} [show] the program writes to this terminal instead
 */

/**
 * Runs a program to its end and keeps what it wrote. Never rejects: a program that cannot be started
 * has code 127, one that was ended by its limit 124.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(program, args, { cwd, env, limitMs, show = false } = {}) {
  return new Promise((resolve) => {
    let output = '';
    /** @param {string} text */
    const keep = (text) => {
      output = (output + text).slice(-KEPT_CHARS);
    };
    const child = spawn(program, args, {
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
      ...(limitMs === undefined ? {} : { timeout: limitMs, killSignal: 'SIGKILL' }),
    });
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    child.once('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.once('close', (code, signal) => {
      resolve({ code: code ?? (signal === 'SIGKILL' ? 124 : 1), output });
    });
  });
}

/**
 * Asks a program something short.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {{ code: number, output: string }} code 127 where it cannot be started
 */
export function ask(program, args) {
  const { status, stdout, error } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: 20_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return { code: error === undefined ? (status ?? 1) : 127, output: stdout ?? '' };
}

/**
 * The full path of a program, or null where the PATH has none.
 *
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | null}
 */
export function findOnPath(name, env = process.env) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue;
    for (const ending of endings) {
      const path = join(folder, name + ending);
      if (isProgram(path)) return path;
    }
  }
  return null;
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not for us: another folder of the PATH may have it.
    return false;
  }
}
