import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A program that runs `source` (CommonJS) whatever its arguments are; gone when the test is over. */
export function writeProgram(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-program-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'program');
  writeFileSync(path, `#!${process.execPath}\n${source}\n`, { mode: 0o755 });
  return path;
}
