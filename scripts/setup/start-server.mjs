import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Screen } from './screen.mjs';
import { ROOT, setUp } from './set-up.mjs';
import { SetUpError } from './set-up-error.mjs';

/**
 * `npm start`: the set-up, then `parlance serve` in this very process, so that Ctrl-C and signals
 * reach the server itself.
 *
 * @param {readonly string[]} args `--yes` is for the set-up, the rest for `serve`
 */
export async function startServer(args) {
  const screen = new Screen();
  const yes = args.includes('--yes');
  try {
    await setUp(screen, { tests: false, yes });
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    screen.fail(error.message);
    process.exitCode = 1;
    return;
  }
  const program = join(ROOT, 'bin/parlance');
  process.argv = [process.execPath, program, 'serve', ...args.filter((arg) => arg !== '--yes')];
  await import(pathToFileURL(program).href);
}
