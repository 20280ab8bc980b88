import { randomBytes } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_PROXY } from '../../config/proxy-settings.ts';
import { DOWNLOAD_LIMITS } from '../download-file.ts';
import type { FetchEvent } from '../fetch-model.ts';
import { readInstalledModels } from '../installed-models.ts';
import { breakOffAfter } from '../testing/scripted-http.ts';
import { type InstallOptions, installModel } from './install-model.ts';
import type { ModelOffer, OfferedFile } from './model-offer.ts';
import {
  type MadeModel,
  type ModelSite,
  makeModel,
  serveSite,
  sha256,
} from './testing/model-site.ts';
import { TranslationFolder } from './translation-folder.ts';

const limits = { ...DOWNLOAD_LIMITS, firstPauseMs: 1, fruitlessTries: 2 };
const made = makeModel('en-es');
const [modelFile, lexFile] = made.offer.files;

let cache = '';
let models = new TranslationFolder('');
let sites: ModelSite[] = [];

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'parlance-install-'));
  models = new TranslationFolder(cache);
  sites = [];
});

afterEach(async () => {
  for (const site of sites) await site.close();
  await rm(cache, { recursive: true });
});

async function serve(files: ReadonlyMap<string, Buffer> = made.packed): Promise<ModelSite> {
  const site = await serveSite(files);
  sites.push(site);
  return site;
}

const install = (
  offer: ModelOffer,
  served: readonly ModelSite[],
  options: Partial<InstallOptions> = {},
) =>
  installModel(
    offer,
    served.map(({ base }, index) => ({ title: `site ${index + 1}`, base })),
    models,
    { proxies: NO_PROXY, limits, ...options },
  );

async function holds({ pair, contents }: MadeModel): Promise<boolean> {
  const folder = models.folder(pair);
  const names = [...contents.keys(), 'model.json'].sort();
  expect((await readdir(folder)).sort()).toEqual(names);
  const same = await Promise.all(
    [...contents].map(async ([name, content]) =>
      content.equals(await readFile(join(folder, name))),
    ),
  );
  return same.every(Boolean);
}

/** The offer with one of its files told otherwise. */
function changed(
  role: OfferedFile['role'],
  change: (file: OfferedFile) => OfferedFile,
): ModelOffer {
  const files = made.offer.files.map((file) => (file.role === role ? change(file) : file));
  return { ...made.offer, files };
}

test('a model comes whole, unpacked, with a manifest, and nothing beside it', async () => {
  const site = await serve();
  const events: FetchEvent[] = [];
  const outcome = await install(made.offer, [site], { report: (event) => events.push(event) });
  expect(outcome).toEqual({ fetched: true, folder: models.folder('en-es') });
  expect(await holds(made)).toBe(true);
  expect(await readdir(models.root)).toEqual(['en-es']);
  const [installed] = await readInstalledModels(models.root);
  expect(installed).toMatchObject({ pair: 'en-es', category: 'tiny', quality: 25.9 });
  expect(installed?.licence).toBe('CC BY-SA 4.0 / MPL-2.0');
  expect((await models.inspect('en-es'))?.kind).toBe('intact');
  const last = events.at(-1);
  expect(last?.kind === 'progress' && last.receivedBytes === last.totalBytes).toBe(true);
});

test('what is there and intact is not fetched again; what is damaged is', async () => {
  const site = await serve();
  await install(made.offer, [site]);
  const before = site.requests.length;
  expect(await install(made.offer, [site])).toMatchObject({ fetched: false });
  expect(site.requests).toHaveLength(before);

  await truncate(join(models.folder('en-es'), lexFile?.name ?? ''), 100);
  expect((await models.inspect('en-es'))?.kind).toBe('damaged');
  expect(await install(made.offer, [site])).toMatchObject({ fetched: true });
  expect(await holds(made)).toBe(true);
});

test('another category takes the place of the one that is there', async () => {
  const larger = makeModel('en-es', { category: 'base-memory', bytes: 300_000 });
  const site = await serve(new Map([...made.packed, ...larger.packed]));
  await install(made.offer, [site]);
  await install(larger.offer, [site]);
  expect(await holds(larger)).toBe(true);
  expect(await readdir(models.root)).toEqual(['en-es']);
});

test('a link that breaks is gone on with, and so is what an earlier run left', async () => {
  const site = await serve();
  const path = modelFile?.path ?? '';
  const content = made.packed.get(path) ?? Buffer.alloc(0);
  const broken = breakOffAfter(content, 50_000);
  site.fail(path, broken, broken);
  // Two fruitless tries in a row end it: the pieces are too small to count.
  await expect(install(made.offer, [site])).rejects.toMatchObject({ code: 'download_failed' });
  expect(await readInstalledModels(models.root)).toEqual([]);
  expect(await models.inspect('en-es')).toBeNull();

  await install(made.offer, [site]);
  expect(await holds(made)).toBe(true);
  const ranges = site.requests
    .filter(({ url }) => url === `/${path}`)
    .map(({ headers }) => headers.range);
  expect(ranges[0]).toBeUndefined();
  expect(ranges.slice(1).length).toBeGreaterThan(0);
  for (const range of ranges.slice(1)) expect(range).toMatch(/^bytes=[1-9]\d*-$/);
});

test('a packed file with a wrong sha256 is refused, and another source asked', async () => {
  const path = lexFile?.path ?? '';
  const forged = randomBytes(made.packed.get(path)?.length ?? 0);
  const bad = await serve(new Map([...made.packed, [path, forged]]));
  await expect(install(made.offer, [bad])).rejects.toMatchObject({
    code: 'download_failed',
    message: expect.stringMatching(
      /lex\.50\.50\.enes\.s2t\.bin\.gz with sha256 .*, got .*thrown away/,
    ),
  });
  expect(await models.pairs()).toEqual([]);

  const good = await serve();
  const events: FetchEvent[] = [];
  await install(made.offer, [bad, good], { report: (event) => events.push(event) });
  expect(await holds(made)).toBe(true);
  expect(events).toContainEqual(
    expect.objectContaining({ kind: 'source-failed', title: 'site 1' }),
  );
});

test('a model with a wrong sha256 in a right package is refused, and nothing is left of it', async () => {
  const site = await serve();
  const wrong = '0'.repeat(64);
  const offer = changed('model', (file) => ({
    ...file,
    unpacked: { ...file.unpacked, sha256: wrong },
  }));
  await expect(install(offer, [site])).rejects.toMatchObject({
    code: 'model_damaged',
    message: expect.stringContaining(`model.enes.intgemm.alphas.bin with sha256 ${wrong}, got `),
  });
  expect(await models.pairs()).toEqual([]);
});

test.each([
  ['shorter', -1],
  ['longer', 1],
])('a model that is %s than it should be is refused', async (_word, difference) => {
  const site = await serve();
  const bytes = (modelFile?.unpacked.bytes ?? 0) - difference;
  const offer = changed('model', (file) => ({ ...file, unpacked: { ...file.unpacked, bytes } }));
  await expect(install(offer, [site])).rejects.toMatchObject({
    code: 'model_damaged',
    message: expect.stringMatching(new RegExp(`Expected ${bytes} bytes.*, got `)),
  });
});

test('a small file that unpacks to a huge one is stopped at the bound', async () => {
  const bomb = gzipSync(Buffer.alloc(5_000_000));
  const path = lexFile?.path ?? '';
  const site = await serve(new Map([...made.packed, [path, bomb]]));
  const offer = changed('lex', (file) => ({
    ...file,
    packed: { bytes: bomb.length, sha256: sha256(bomb) },
  }));
  await expect(install(offer, [site], { maxUnpackedBytes: 1_000_000 })).rejects.toMatchObject({
    code: 'model_damaged',
    message: expect.stringContaining(
      'Expected 1000000 bytes, got more in lex.50.50.enes.s2t.bin.gz',
    ),
  });
});

test('a package that ends in the middle, or is none, is named', async () => {
  for (const [content, told] of [
    [gzipSync(randomBytes(9_000)).subarray(0, 5_000), /unexpected end of file/],
    [randomBytes(5_000), /incorrect header check/],
  ] as const) {
    const path = lexFile?.path ?? '';
    const site = await serve(new Map([...made.packed, [path, content]]));
    const offer = changed('lex', (file) => ({
      ...file,
      packed: { bytes: content.length, sha256: sha256(content) },
    }));
    await expect(install(offer, [site])).rejects.toMatchObject({
      code: 'model_damaged',
      message: expect.stringMatching(told),
    });
  }
});

test('a file that nobody serves is named with what each source said', async () => {
  const [first, second] = [await serve(new Map()), await serve(new Map())];
  await expect(install(made.offer, [first, second])).rejects.toMatchObject({
    code: 'download_failed',
    message: expect.stringMatching(/site 1: Expected status 200, got 404.*\n.*site 2: /),
  });
});

test.each([
  ['while downloading', `${modelFile?.name}.gz.part`],
  ['while unpacking', `${modelFile?.name}`],
])('a disk that fills %s is named', async (_when, name) => {
  const site = await serve();
  const staging = models.staging('en-es', 'tiny');
  await mkdir(staging, { recursive: true });
  // Every write to this device is answered as a full disk answers.
  await symlink('/dev/full', join(staging, name));
  await expect(install(made.offer, [site])).rejects.toMatchObject({ code: 'disk_full' });
  expect(await models.pairs()).toEqual([]);
});

test('a disk without room for it is named before anything is downloaded', async () => {
  const site = await serve();
  const offer = changed('model', (file) => ({
    ...file,
    packed: { bytes: Number.MAX_SAFE_INTEGER / 4, sha256: null },
  }));
  await expect(install(offer, [site])).rejects.toMatchObject({
    code: 'disk_full',
    message: expect.stringMatching(/Expected \d+ MB free for /),
  });
  expect(site.requests).toEqual([]);
});

test('an abort ends it with its reason; nothing half is in place, and the next run goes on', async () => {
  const site = await serve();
  const stop = new AbortController();
  const report = ({ kind }: FetchEvent) => {
    if (kind === 'progress') stop.abort(new Error('enough'));
  };
  await expect(install(made.offer, [site], { signal: stop.signal, report })).rejects.toThrow(
    'enough',
  );
  expect(await models.pairs()).toEqual([]);
  await install(made.offer, [site]);
  expect(await holds(made)).toBe(true);
});

test('two at once fetch it once', async () => {
  const site = await serve();
  const outcomes = await Promise.all([install(made.offer, [site]), install(made.offer, [site])]);
  expect(outcomes.map(({ fetched }) => fetched).sort()).toEqual([false, true]);
  expect(site.requests).toHaveLength(made.offer.files.length);
});

test('remains of broken runs go with the next one, of this pair only', async () => {
  const site = await serve();
  for (const name of ['.en-es.base.new', '.en-es.1234.old', '.en-fr.tiny.new']) {
    await mkdir(join(models.root, name), { recursive: true });
  }
  await install(made.offer, [site]);
  expect((await readdir(models.root)).sort()).toEqual(['.en-fr.tiny.new', 'en-es']);
});

test('a file in the place of the folder is named', async () => {
  await mkdir(join(cache, 'models'), { recursive: true });
  await writeFile(models.root, '');
  const site = await serve();
  await expect(install(made.offer, [site])).rejects.toMatchObject({
    code: 'invalid_setting',
    message: expect.stringContaining('PARLANCE_CACHE'),
  });
});
