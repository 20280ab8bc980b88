import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SERVER_NEEDS } from './needs.mjs';
import { Screen } from './screen.mjs';
import { ROOT, setUp } from './set-up.mjs';
import { SetUpError } from './set-up-error.mjs';

/**
 * `npm run bench -- NAME …` and `npm run chaos`: the set-up, told on standard error so that `--json`
 * stays JSON, then the built program in this process.
 *
 * @param {'bench' | 'chaos'} name
 * @param {readonly string[]} args
 */
export async function runBuilt(name, args) {
  const screen = new Screen(process.stderr);
  try {
    await setUp(screen, { needs: SERVER_NEEDS, yes: args.includes('--yes') });
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    screen.fail(error.message);
    process.exitCode = 1;
    return;
  }
  const program = join(ROOT, 'dist/node', name, 'main.js');
  process.argv = [process.execPath, program, ...args.filter((arg) => arg !== '--yes')];
  await import(pathToFileURL(program).href);
}
