import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CLUSTER_NEEDS, SERVER_NEEDS } from './needs.mjs';
import { Screen } from './screen.mjs';
import { ROOT, setUp } from './set-up.mjs';
import { SetUpError } from './set-up-error.mjs';

/**
 * `npm start`, `npm run cluster`: the set-up, then `parlance serve` or `parlance cluster` in this very
 * process, so that Ctrl-C and signals reach the server itself.
 *
 * @param {'serve' | 'cluster'} command
 * @param {readonly string[]} args `--yes` is for the set-up, the rest for the command
 */
export async function startServer(command, args) {
  const screen = new Screen();
  const yes = args.includes('--yes');
  try {
    await setUp(screen, { needs: command === 'cluster' ? CLUSTER_NEEDS : SERVER_NEEDS, yes });
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    screen.fail(error.message);
    process.exitCode = 1;
    return;
  }
  const program = join(ROOT, 'bin/parlance');
  process.argv = [process.execPath, program, command, ...args.filter((arg) => arg !== '--yes')];
  if (process.env.npm_lifecycle_event !== undefined) leaveWithNpm();
  await import(pathToFileURL(program).href);
}

const PARENT_CHECK_MS = 1_000;

/**
 * Ctrl-C in a terminal reaches every process of it. But npm that is ended from elsewhere ends only
 * the shell between npm and this process, which would stay behind unseen.
 */
function leaveWithNpm() {
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_CHECK_MS);
  timer.unref();
}
