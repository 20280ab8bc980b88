import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resultsFolder } from './results.ts';

/** Where what benchmarks make from recordings is kept; may be deleted at any time. */
export const keptFolder = (): string => join(resultsFolder(), 'cache');

/** A value that is made once and kept in a file, so that it takes no time while others are timed. */
export interface KeptForm<T> {
  /** Ending of the file's name, for example `voice.json`. */
  readonly ending: string;
  /** Throws where the bytes are not whole. */
  parse(bytes: Uint8Array): T;
  pack(value: T): Uint8Array | string;
}

/** The path of what is kept under a hash. */
export function keptPath(hash: string, { ending }: Pick<KeptForm<unknown>, 'ending'>): string {
  return join(keptFolder(), `${hash}.${ending}`);
}

/** Reads what is kept under a hash, or makes and keeps it. */
export async function keep<T>(hash: string, form: KeptForm<T>, make: () => Promise<T>): Promise<T> {
  const path = keptPath(hash, form);
  try {
    return form.parse(await readFile(path));
  } catch {
    // Not there, or cut short by an interrupt: it is made again.
  }
  const value = await make();
  await mkdir(keptFolder(), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, form.pack(value));
  await rename(unfinished, path);
  return value;
}

/** Plain values as JSON; `check` throws for what is not one. */
export function jsonForm<T>(ending: string, check: (value: unknown) => T): KeptForm<T> {
  return {
    ending,
    parse: (bytes) => check(JSON.parse(Buffer.from(bytes).toString('utf8'))),
    pack: (value) => JSON.stringify(value),
  };
}

/** sha256 of several files together, in hexadecimal. */
export async function hashOfFiles(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const bytes of await Promise.all(paths.map((path) => readFile(path)))) hash.update(bytes);
  return hash.digest('hex');
}

/** Every module below a folder: what they make must be made again when one of them changes. */
export async function modulesBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => /\.[jt]s$/.test(name) && !/\.(test|contract)\.[jt]s$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
