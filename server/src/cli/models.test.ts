import { expect, test } from 'vitest';
import { runCommandLine } from './command-line.ts';

const run = (...args: readonly string[]) => runCommandLine(['node', 'parlance', 'models', ...args]);

test.each<[string, RegExp]>([
  ['dance', /Expected models list, add, remove, verify, fetch, mirror, got "dance"/],
  ['add', /Expected pairs of languages \(models add en-es\), got none/],
  ['add es', /Expected a pair of languages like "en-es".*got "es"/],
  ['add es-fr', /all pairs are with English\. Add es-en and en-fr/],
  ['add en-es --category huge', /Expected --category tiny, base-memory, base, got "huge"/],
  ['add en-es --category base', /Expected category tiny or base-memory for en-es, got base/],
  ['list --registry old', /Expected --registry pinned, newest, got "old"/],
  ['fetch whisper', /Expected one of the models moonshine-tiny-en.*got "whisper"/],
  ['mirror', /Expected models mirror DIR, got no folder/],
  ['mirror somewhere', /Expected pairs, or --all \(93 pairs, 15\d\d\.\d MB\), got none/],
  ['remove', /Expected pairs of languages \(models remove en-es\), got none/],
  ['remove ../..', /Expected a pair of languages.*got "\.\.\/\.\."/],
])('models %s is refused with what is expected', async (line, told) => {
  await expect(run(...line.split(' '))).rejects.toThrow(told);
});
