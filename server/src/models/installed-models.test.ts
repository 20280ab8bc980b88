import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyModel, installModel, manifestOf } from '../testing/marian/install-model.ts';
import type { MadeModel } from '../testing/marian/make-model.ts';
import { MANIFEST_NAME, readInstalledModels } from './installed-models.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'models-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const model = (from: string, to: string): MadeModel => ({
  from,
  to,
  files: {
    [`model.${from}${to}.intgemm.alphas.bin`]: Buffer.from('weights'),
    [`lex.50.50.${from}${to}.s2t.bin`]: Buffer.from('words'),
    [`vocab.${from}${to}.spm`]: Buffer.from('pieces'),
  },
});
const pairs = async (folder = root) => (await readInstalledModels(folder)).map(({ pair }) => pair);

test('a folder that is not there has no models', async () => {
  expect(await pairs(join(root, 'nowhere'))).toEqual([]);
  expect(await pairs()).toEqual([]);
});

test('reads what a manifest tells', async () => {
  const folder = await installModel(root, model('en', 'es'));
  expect(await readInstalledModels(root)).toEqual([
    {
      ...manifestOf(model('en', 'es')),
      folder,
      files: manifestOf(model('en', 'es')).files.map((file) => ({
        ...file,
        path: join(folder, file.name),
      })),
      stamp: expect.any(String),
    },
  ]);
});

test("reads Firefox's own files without a manifest, in folders by either way of naming", async () => {
  await copyModel(root, model('en', 'fr'));
  await rename(await copyModel(root, model('de', 'en')), join(root, 'deen'));
  const models = await readInstalledModels(root);
  expect(models.map(({ pair, licence }) => [pair, licence])).toEqual([
    ['de-en', null],
    ['en-fr', null],
  ]);
  expect(models[0]?.files.map(({ role, sha256 }) => [role, sha256])).toEqual([
    ['model', null],
    ['lex', null],
    ['vocab', null],
  ]);
});

test('leaves out what is under way, incomplete, unreadable or under another name', async () => {
  const folder = await installModel(root, model('en', 'es'));
  await rename(folder, join(root, 'en-es.partial'));
  await mkdir(join(root, 'en-it'));
  await writeFile(join(root, 'en-pt'), 'a file');
  const broken = await installModel(root, model('en', 'de'));
  await writeFile(join(broken, MANIFEST_NAME), '{"pair":');
  const moved = await installModel(root, model('en', 'ca'));
  await rename(moved, join(root, 'en-gl'));
  const outside = await installModel(root, model('en', 'ro'));
  const manifest = manifestOf(model('en', 'ro'));
  await writeFile(
    join(outside, MANIFEST_NAME),
    JSON.stringify({
      ...manifest,
      files: manifest.files.map((file) => ({ ...file, name: '../../secret' })),
    }),
  );
  expect(await pairs()).toEqual([]);
});

test('the stamp changes with any file', async () => {
  const folder = await installModel(root, model('en', 'es'));
  const stamps = new Set<string | undefined>();
  const note = async () => stamps.add((await readInstalledModels(root))[0]?.stamp);
  await note();
  await note();
  expect(stamps.size).toBe(1);
  await utimes(join(folder, 'vocab.enes.spm'), 1, 1);
  await note();
  await writeFile(join(folder, 'lex.50.50.enes.s2t.bin'), 'other words');
  await note();
  await rm(join(folder, 'lex.50.50.enes.s2t.bin'));
  await note();
  expect(stamps.size).toBe(4);
});
