import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/**
 * Preloaded into a server that is watched: SIGUSR2 makes it collect its garbage, as `--expose-gc`
 * cannot be asked for by the environment. Left to itself a calm server does so about once an hour, and
 * grows until then.
 */
if (isMainThread) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  process.on('SIGUSR2', () => collect());
}
