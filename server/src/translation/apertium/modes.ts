import { access, constants, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { languagesOfMode, type ModeLanguages } from './languages.ts';

/** One way to translate: the programs to run, each with its arguments, connected by pipes. */
export interface Mode extends ModeLanguages {
  readonly name: string;
  readonly stages: readonly (readonly string[])[];
}

/** Programs that flush on NUL when told so; a mode with another one would never answer. */
const NULL_FLUSHING = new Set([
  'apertium-anaphora',
  'apertium-extract-caps',
  'apertium-interchunk',
  'apertium-postchunk',
  'apertium-posttransfer',
  'apertium-pretransfer',
  'apertium-restore-caps',
  'apertium-tagger',
  'apertium-transfer',
  'cg-proc',
  'hfst-proc',
  'lrx-proc',
  'lsx-proc',
  'lt-proc',
  'rtx-proc',
]);
/** Generates without marks in front of unknown words; stands for `$1` in a mode. */
const UNMARKED = '-n';
const MARKED = '-g';
const TOKEN = /\s*(?:'([^']*)'|"([^"$`\\]*)"|([A-Za-z0-9_.,:=+@%/$-]+)|(\|))\s*/y;

/**
 * Reads a `.mode` file: its programs with null flush and without marks, or null where it holds
 * anything but a pipe of programs known to flush.
 */
export function parseMode(source: string): string[][] | null {
  const stages: string[][] = [[]];
  const text = source.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) return null;
    const [, single, double, bare, pipe] = match;
    const stage = stages.at(-1) ?? [];
    if (pipe !== undefined) stages.push([]);
    else if (bare === '$1') stage.push(UNMARKED);
    else if (bare === '$2') continue;
    else if (bare === MARKED && stage[0] === 'lt-proc') stage.push(UNMARKED);
    else if (bare?.includes('$')) return null;
    else stage.push(single ?? double ?? bare ?? '');
  }
  for (const stage of stages) {
    const [program] = stage;
    if (program === undefined || !NULL_FLUSHING.has(program)) return null;
    if (!stage.includes('-z')) stage.splice(1, 0, '-z');
  }
  return stages;
}

export interface ModeSearch {
  /** Folders that hold `modes/*.mode`, the preferred one first. */
  readonly dataDirs: readonly string[];
  /** Folders with the programs. */
  readonly programDirs: readonly string[];
}

/** Every mode that can run here: its programs and the files it names exist. */
export async function discoverModes({ dataDirs, programDirs }: ModeSearch): Promise<Mode[]> {
  const found = new Map<string, Promise<boolean>>();
  const exists = (path: string, mode: number) => {
    const known = found.get(path) ?? isAccessible(path, mode);
    found.set(path, known);
    return known;
  };
  const hasProgram = async (name: string) => {
    const paths = programDirs.map((dir) => exists(join(dir, name), constants.X_OK));
    return (await Promise.all(paths)).includes(true);
  };
  const modes: Mode[] = [];
  for (const dir of dataDirs) {
    const folder = join(dir, 'modes');
    for (const file of await listModes(folder)) {
      const name = file.slice(0, -MODE_ENDING.length);
      const languages = languagesOfMode(name);
      if (languages === null) continue;
      const stages = parseMode(await readFile(join(folder, file), 'utf8'));
      if (stages === null) continue;
      const needs = stages.flatMap(([program = '', ...args]) => [
        hasProgram(program),
        ...args.filter((arg) => arg.startsWith('/')).map((path) => exists(path, constants.R_OK)),
      ]);
      if ((await Promise.all(needs)).every(Boolean)) modes.push({ name, ...languages, stages });
    }
  }
  return modes;
}

const MODE_ENDING = '.mode';

/** Longer names first: `eng-spa` is newer data than `en-es`. */
async function listModes(folder: string): Promise<string[]> {
  let files: string[];
  try {
    files = await readdir(folder);
  } catch {
    // A folder that is not there holds no modes; the caller says what is missing when none is left.
    return [];
  }
  return files
    .filter((file) => file.endsWith(MODE_ENDING))
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

async function isAccessible(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
