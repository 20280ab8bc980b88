import { IMAGE_NEEDS } from './needs.mjs';
import { ensurePrograms, tellMissing } from './programs.mjs';
import { Screen } from './screen.mjs';
import { ROOT } from './set-up.mjs';

/** Brings what a container of a node needs beside Node: in an image nothing may be missing. */
export async function installImagePrograms() {
  const screen = new Screen();
  const missing = await ensurePrograms(ROOT, IMAGE_NEEDS, screen, true);
  if (missing.length === 0) return;
  tellMissing(missing, screen);
  process.exitCode = 1;
}
