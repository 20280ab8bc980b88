import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | null = null;

/** Collects all garbage of this thread at once; takes about 0.1 s, during which nothing else runs. */
export function collectGarbage(): void {
  if (collect === null) {
    // V8 shows `gc` in contexts that are made while the flag is set, and only there.
    setFlagsFromString('--expose-gc');
    const found: unknown = runInNewContext('gc');
    setFlagsFromString('--no-expose-gc');
    if (typeof found !== 'function') throw new Error('Expected V8 to show gc(), got nothing.');
    collect = () => void found();
  }
  collect();
}
