import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { discoverModes, parseMode } from './modes.ts';

describe('parseMode', () => {
  it('gives each program null flush and leaves unknown words unmarked', () => {
    const source =
      "lt-proc -w '/a b/x.bin' | apertium-tagger -g $2 '/x.prob' | cg-proc -z '/x.rlx' | lt-proc $1 '/g.bin'\n";
    expect(parseMode(source)).toEqual([
      ['lt-proc', '-z', '-w', '/a b/x.bin'],
      ['apertium-tagger', '-z', '-g', '/x.prob'],
      ['cg-proc', '-z', '/x.rlx'],
      ['lt-proc', '-z', '-n', '/g.bin'],
    ]);
  });

  it('unmarks where a mode insists on marks', () => {
    expect(parseMode("lt-proc -g '/g.bin'")).toEqual([['lt-proc', '-z', '-n', '/g.bin']]);
    expect(parseMode("cg-proc -1 -n -g '/g.bin'")).toEqual([
      ['cg-proc', '-z', '-1', '-n', '-g', '/g.bin'],
    ]);
  });

  it.each([
    ['a program that would not flush', "lt-proc '/a' | apertium-transfer-j '/b.class'"],
    ['another command', "lt-proc '/a' ; rm -rf x"],
    ['a substitution', 'lt-proc $(id)'],
    ['a redirection', 'lt-proc /a > /b'],
    ['a variable', 'lt-proc $HOME'],
    ['an unclosed quote', "lt-proc '/a"],
    ['nothing', ''],
    ['an empty stage', 'lt-proc /a | | lt-proc /b'],
  ])('refuses %s', (_, source) => {
    expect(parseMode(source)).toBeNull();
  });
});

describe('discoverModes', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modes-'));
    await mkdir(join(folder, 'data', 'modes'), { recursive: true });
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin', 'lt-proc'), '');
    await chmod(join(folder, 'bin', 'lt-proc'), 0o755);
    await writeFile(join(folder, 'data', 'x.bin'), '');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const add = (name: string, source: string) =>
    writeFile(join(folder, 'data', 'modes', `${name}.mode`), source);
  const names = async () => {
    const dataDirs = [join(folder, 'data'), join(folder, 'nowhere')];
    const found = await discoverModes({ dataDirs, programDirs: [join(folder, 'bin')] });
    return found.map(({ name }) => name);
  };

  it('finds the modes that can run, those with longer names first', async () => {
    await add('en-gl', `lt-proc '${folder}/data/x.bin'`);
    await add('eng-spa', `lt-proc '${folder}/data/x.bin'`);
    expect(await names()).toEqual(['eng-spa', 'en-gl']);
  });

  it('leaves out modes whose data or programs are missing, or that are no pair', async () => {
    await add('eng-cat', `lt-proc '${folder}/data/gone.bin'`);
    await add('eng-spa', `cg-proc '${folder}/data/x.bin'`);
    await add('en-eo-bytecode', `lt-proc '${folder}/data/x.bin'`);
    await add('eng-ita', 'rm -rf /nowhere');
    expect(await names()).toEqual([]);
  });
});
