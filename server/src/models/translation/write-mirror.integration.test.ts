import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_PROXY } from '../../config/proxy-settings.ts';
import { DOWNLOAD_LIMITS } from '../download-file.ts';
import { installModel } from './install-model.ts';
import { chooseOffer, type ModelRegistry } from './model-offer.ts';
import { MAX_REGISTRY_BYTES, readNewestRegistry } from './newest-registry.ts';
import { PINNED_MIRROR_FOLDER } from './pinned-registry.ts';
import {
  type MadeModel,
  type ModelSite,
  makeModel,
  registryOf,
  serveSite,
} from './testing/model-site.ts';
import { TranslationFolder } from './translation-folder.ts';
import { writeMirror } from './write-mirror.ts';

const limits = { ...DOWNLOAD_LIMITS, firstPauseMs: 1, fruitlessTries: 2 };
const spanish = makeModel('en-es');
const french = makeModel('en-fr');
const options = {
  proxies: NO_PROXY,
  limits,
  signal: new AbortController().signal,
  report: () => {},
};

let scratch = '';
let sites: ModelSite[] = [];

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'parlance-mirror-'));
  sites = [];
});

afterEach(async () => {
  for (const site of sites) await site.close();
  await rm(scratch, { recursive: true });
});

async function serve(files: ReadonlyMap<string, Buffer>): Promise<ModelSite> {
  const site = await serveSite(files);
  sites.push(site);
  return site;
}

/** A site laid out as Mozilla's bucket is. */
const serveBucket = (registry: string, ...models: MadeModel[]) =>
  serve(
    new Map([
      ['db/models.json', Buffer.from(registry)],
      ...models.flatMap(({ packed }) => [...packed]),
    ]),
  );

/** What a plain web server makes of a folder. */
async function serveFolder(folder: string): Promise<ModelSite> {
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1), await readFile(path));
  }
  return await serve(files);
}

async function isInstalled({ pair, contents }: MadeModel, models: TranslationFolder) {
  const same = await Promise.all(
    [...contents].map(async ([name, content]) =>
      content.equals(await readFile(join(models.folder(pair), name))),
    ),
  );
  return same.every(Boolean);
}

const pinnedAt = (site: ModelSite, ...models: MadeModel[]): ModelRegistry => ({
  title: 'pinned',
  offers: models.map(({ offer }) => offer),
  sources: [{ title: 'the maker', base: site.base }],
});

describe('a mirror of pinned models', () => {
  test('is written, served, and installed from', async () => {
    const origin = await serve(new Map([...spanish.packed, ...french.packed]));
    const registry = pinnedAt(origin, spanish, french);
    const folder = join(scratch, 'mirror');
    await writeMirror(folder, registry, registry.offers, options);
    expect(await readFile(join(folder, 'translation/LICENCE.txt'), 'utf8')).toContain(
      'CC BY-SA 4.0 / MPL-2.0',
    );

    const mirror = await serveFolder(folder);
    const models = new TranslationFolder(join(scratch, 'cache'));
    const sources = [{ title: 'the mirror', base: `${mirror.base}${PINNED_MIRROR_FOLDER}` }];
    for (const made of [spanish, french]) {
      await installModel(made.offer, sources, models, { proxies: NO_PROXY, limits });
      expect(await isInstalled(made, models)).toBe(true);
    }
  });

  test('is gone on with: only what is missing or damaged is fetched', async () => {
    const origin = await serve(spanish.packed);
    const registry = pinnedAt(origin, spanish);
    await writeMirror(scratch, registry, registry.offers, options);
    const asked = origin.requests.length;
    const [first, second] = spanish.offer.files.map(({ path }) => path);
    const place = (path = '') => join(scratch, PINNED_MIRROR_FOLDER, path);
    await writeFile(place(first), 'damaged');
    await rm(place(second));
    await writeMirror(scratch, registry, registry.offers, options);
    const urls = origin.requests.slice(asked).map(({ url }) => url);
    expect(urls).toEqual([`/${first}`, `/${second}`]);
    for (const [path, content] of spanish.packed) {
      expect(content.equals(await readFile(place(path)))).toBe(true);
    }
  });

  test('a full disk is named', async () => {
    const origin = await serve(spanish.packed);
    const registry = pinnedAt(origin, spanish);
    const target = join(scratch, PINNED_MIRROR_FOLDER, spanish.offer.files[0]?.path ?? '');
    await mkdir(dirname(target), { recursive: true });
    await symlink('/dev/full', `${target}.part`);
    await expect(writeMirror(scratch, registry, registry.offers, options)).rejects.toMatchObject({
      code: 'disk_full',
    });
  });
});

describe('the newest registry', () => {
  const read = (mirror: string | null, newestBase: string) =>
    readNewestRegistry(mirror, { newestBase, limits });

  test('is read, and its models installed, whose packed sizes nobody told', async () => {
    const bucket = await serveBucket(registryOf([spanish]), spanish);
    const { offers, sources } = await read(null, bucket.base);
    // Of the base that the document itself names.
    expect(sources[0]?.base).toBe('https://models.invalid/');
    const models = new TranslationFolder(scratch);
    const here = [{ title: 'here', base: bucket.base }];
    const offer = chooseOffer(offers, 'en-es');
    await installModel(offer, here, models, { proxies: NO_PROXY, limits });
    expect(await isInstalled(spanish, models)).toBe(true);
    expect((await models.inspect('en-es'))?.kind).toBe('intact');
  });

  test('a mirror of it lists what it has, run after run, and is installed from', async () => {
    const bucket = await serveBucket(registryOf([spanish, french]), spanish, french);
    const registry = { ...(await read(null, bucket.base)) };
    const opened = { ...registry, sources: [{ title: 'bucket', base: bucket.base }] };
    await writeMirror(scratch, opened, [chooseOffer(opened.offers, 'en-fr')], options);
    await writeMirror(scratch, opened, [chooseOffer(opened.offers, 'en-es')], options);
    const mirror = await serveFolder(scratch);
    const { offers, sources, title } = await read(mirror.origin, 'http://127.0.0.1:1/');
    expect(title).toContain('the mirror');
    expect(offers.map(({ pair }) => pair).sort()).toEqual(['en-es', 'en-fr']);
    const models = new TranslationFolder(join(scratch, 'cache'));
    for (const offer of offers) {
      await installModel(offer, sources, models, { proxies: NO_PROXY, limits });
    }
    expect(await isInstalled(spanish, models)).toBe(true);
    expect(await isInstalled(french, models)).toBe(true);
  });

  test('a packed file put together from two makes is fetched once more', async () => {
    const bucket = await serveBucket(registryOf([spanish]), spanish);
    const { offers } = await read(null, bucket.base);
    const models = new TranslationFolder(scratch);
    const [model] = spanish.offer.files;
    const staging = models.staging('en-es', 'tiny');
    await mkdir(staging, { recursive: true });
    await writeFile(join(staging, `${model?.name}.gz.part`), Buffer.alloc(1_000, 7));
    const here = [{ title: 'here', base: bucket.base }];
    await installModel(chooseOffer(offers, 'en-es'), here, models, { proxies: NO_PROXY, limits });
    expect(await isInstalled(spanish, models)).toBe(true);
  });

  test('a model that is not what the registry says is refused, there and in mirrors', async () => {
    const path = spanish.offer.files[0]?.path ?? '';
    const other = new Map([...spanish.packed, [path, gzipSync('another model')]]);
    const bucket = await serveBucket(registryOf([spanish]), { ...spanish, packed: other });
    const registry = await read(null, bucket.base);
    const opened = { ...registry, sources: [{ title: 'here', base: bucket.base }] };
    const offer = chooseOffer(opened.offers, 'en-es');
    const models = new TranslationFolder(scratch);
    await expect(
      installModel(offer, opened.sources, models, { proxies: NO_PROXY, limits }),
    ).rejects.toMatchObject({ code: 'model_damaged' });
    expect(await models.pairs()).toEqual([]);
    const folder = join(scratch, 'mirror');
    await expect(writeMirror(folder, opened, [offer], options)).rejects.toMatchObject({
      code: 'model_damaged',
    });
    expect(await readdir(join(folder, 'translation/newest'))).not.toContain('db');
  });

  test('what does not answer, or with something else, is told of each place', async () => {
    const html = await serveBucket('<html>Sign in to the network</html>');
    const absent = await serve(new Map());
    await expect(read(html.origin, html.base)).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringMatching(/the mirror: .*got 404[^\0]*Mozilla's registry: .*in JSON/),
    });
    await expect(read(absent.origin, 'http://127.0.0.1:1/')).rejects.toThrow(/ECONNREFUSED/);
  });

  test('one without an end is cut off', async () => {
    const endless = await serve(new Map());
    const piece = Buffer.alloc(1_000_000, ' ');
    endless.fail('db/models.json', (_request, response) => {
      const feed = () => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', feed);
      feed();
    });
    await expect(read(null, endless.base)).rejects.toThrow(
      `Expected at most ${MAX_REGISTRY_BYTES} bytes, got more`,
    );
  });

  test('one that comes too slowly is given up', async () => {
    const slow = await serve(new Map());
    slow.fail('db/models.json', (_request, response) => response.write('{"models":'));
    await expect(
      readNewestRegistry(null, { newestBase: slow.base, limits, registryMs: 50 }),
    ).rejects.toThrow('Expected the whole registry within 0.05 s, got less');
  });

  test('one that is packed on the way is unpacked', async () => {
    const packed = await serve(new Map());
    packed.fail('db/models.json', (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(registryOf([spanish])));
    });
    expect((await read(null, packed.base)).offers).toHaveLength(1);
  });

  test('an abort ends it with its reason', async () => {
    const silent = await serve(new Map());
    const stop = new AbortController();
    silent.fail('db/models.json', () => stop.abort(new Error('enough')));
    await expect(
      readNewestRegistry(null, { newestBase: silent.base, limits, signal: stop.signal }),
    ).rejects.toThrow('enough');
  });

  test('a file whose length nobody tells, or that is too long, is refused', async () => {
    const path = spanish.offer.files[0]?.path ?? '';
    const bucket = await serveBucket(registryOf([spanish]), spanish);
    const { offers } = await read(null, bucket.base);
    const models = new TranslationFolder(scratch);
    const install = () =>
      installModel(chooseOffer(offers, 'en-es'), [{ title: 'here', base: bucket.base }], models, {
        proxies: NO_PROXY,
        limits,
      });
    bucket.fail(path, (_request, response) => response.write('x'));
    await expect(install()).rejects.toThrow(/got a length of undefined/);
    bucket.fail(path, (_request, response) =>
      response.writeHead(206, { 'content-range': 'bytes 0-0/999999999999' }).end('x'),
    );
    await expect(install()).rejects.toThrow(/got a length of 999999999999/);
    bucket.fail(path, (_request, response) => response.writeHead(403).end());
    await expect(install()).rejects.toThrow(/got status 403/);
  });
});
