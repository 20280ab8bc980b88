import { ensureBuilt } from './build.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { Screen } from './screen.mjs';
import { ROOT } from './set-up.mjs';
import { SetUpError } from './set-up-error.mjs';

/** `npm run build`: the npm packages and the build, nothing else. */
export async function buildProduct() {
  const screen = new Screen();
  try {
    await ensureNpmPackages(ROOT, screen);
    if (!(await ensureBuilt(ROOT, screen))) screen.ok('Nothing changed since the last build.');
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    screen.fail(error.message);
    process.exitCode = 1;
  }
}
