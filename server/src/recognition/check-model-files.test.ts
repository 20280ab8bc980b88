import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkModelFiles } from './check-model-files.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-files-'));
  await writeFile(join(folder, 'a.bin'), 'content');
  await mkdir(join(folder, 'folder.bin'));
});

afterAll(() => rm(folder, { recursive: true }));

const sha256 = createHash('sha256').update('content').digest('hex');
const check = (name: string, bytes: number, hash: string, checksums = true) =>
  checkModelFiles({
    model: 'some-model',
    folder,
    files: [{ name, bytes, sha256: hash }],
    checksums,
  });

test('files as they should be pass', async () => {
  await check('a.bin', 7, sha256);
  await check('a.bin', 7, 'not looked at', false);
});

test('what is missing or damaged is named, with the way to mend it', async () => {
  const mend = 'Run "parlance models fetch some-model"';
  const cases = [
    {
      run: () => check('b.bin', 7, sha256),
      code: 'model_missing',
      text: 'b.bin, got no such file',
    },
    { run: () => check('folder.bin', 7, sha256), code: 'model_missing', text: 'folder.bin' },
    {
      run: () => check('a.bin', 8, sha256),
      code: 'model_damaged',
      text: 'expected 8 bytes, got 7',
    },
    {
      run: () => check('a.bin', 7, 'f00'),
      code: 'model_damaged',
      text: 'expected sha256 f00, got',
    },
  ];
  for (const { run, code, text } of cases) {
    const error = await run().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
    expect(error).toMatchObject({ message: expect.stringContaining(mend) });
  }
});
