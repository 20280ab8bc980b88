import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSettings } from '../config/settings.ts';
import { findModel } from '../models/catalogue.ts';
import { ModelStore } from '../models/model-store.ts';
import {
  type ModelSite,
  makeModel,
  registryOf,
  serveSite,
  sha256,
} from '../models/translation/testing/model-site.ts';
import { copyModel } from '../testing/marian/install-model.ts';
import { makeCipherModel } from '../testing/marian/make-model.ts';
import { runCommand, startCommand } from './testing/run-command.ts';

const spanish = makeModel('en-es');
const french = makeModel('en-fr');
const larger = makeModel('en-es', { category: 'base-memory' });

let scratch = '';
let sites: ModelSite[] = [];

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'parlance-models-'));
  sites = [];
});

afterEach(async () => {
  for (const site of sites) await site.close();
  await rm(scratch, { recursive: true });
});

/** A mirror with a registry of its own, as an organisation may run it. */
async function serveMirror(): Promise<ModelSite> {
  const made = [spanish, french, larger];
  const files = new Map([
    ['translation/newest/db/models.json', Buffer.from(registryOf(made))],
    ...made.flatMap(({ packed }) =>
      [...packed].map(([path, content]) => [`translation/newest/${path}`, content] as const),
    ),
  ]);
  const site = await serveSite(files);
  sites.push(site);
  return site;
}

const environment = (mirror: string) => ({
  PARLANCE_CACHE: join(scratch, 'cache'),
  MODEL_MIRROR: mirror,
  MODEL_REGISTRY: 'newest',
  NO_COLOR: '1',
  // Nobody else may help here.
  https_proxy: 'http://127.0.0.1:1',
});

test('models are added, listed, verified and removed', async () => {
  const { origin } = await serveMirror();
  const run = (...args: readonly string[]) => runCommand(['models', ...args], environment(origin));

  const added = await run('add', 'en-es', 'en-fr');
  expect(added.exitCode).toBe(0);
  expect(added.stdout).toContain('en-es, tiny (CC BY-SA 4.0 / MPL-2.0, as Mozilla states');
  expect(added.stdout).toContain(
    '✓ en-es: installed, sha256 of the model checked; good (BLEU 25.9)',
  );
  const again = await run('add', 'en-es', '--json');
  expect(again.json).toEqual([expect.objectContaining({ model: 'en-es', fetched: false })]);

  const [list, verified] = await Promise.all([run('list'), run('verify', 'en-es', 'en-fr')]);
  expect(list.stdout).toMatch(/✓ en-es {2}English to Spanish +0\.3 MB, good \(BLEU 25\.9\), tiny/);
  expect(verified).toMatchObject({ exitCode: 0 });

  const folder = join(scratch, 'cache/models/translation/en-es');
  await truncate(join(folder, 'vocab.enes.spm'), 5);
  const damaged = await run('verify', 'en-es');
  expect(damaged.exitCode).toBe(1);
  expect(damaged.stdout).toContain('vocab.enes.spm  damaged: Expected 20000 bytes, got 5');
  expect(damaged.stdout).toContain('To mend it: parlance models add en-es');

  const removed = await run('remove', 'en-es', 'en-it');
  expect(removed.stdout).toBe('✓ en-es: removed\n✓ en-it: was not installed\n');
  expect(await readdir(join(scratch, 'cache/models/translation'))).toEqual(['en-fr']);
  const rows = (await run('list', 'en-es', 'en-fr', '--json')).json;
  expect(rows.map(({ model, state }) => [model, state])).toEqual([
    ['en-fr', 'intact'],
    ['en-es', 'missing'],
  ]);
});

test('models of one’s own in MODELS_DIR are listed and verified beside the others', async () => {
  const { origin } = await serveMirror();
  const own = join(scratch, 'own');
  const env = { ...environment(origin), MODELS_DIR: own };
  const run = (...args: readonly string[]) => runCommand(['models', ...args], env);
  expect((await run('list')).stdout).toContain(
    `${own} (MODELS_DIR), used before any other\n\n  none`,
  );

  // Firefox's own files, a folder that holds none, and what a translator could not load.
  await copyModel(own, makeCipherModel({ from: 'en', to: 'de' }));
  await mkdir(join(own, 'enit'));
  await run('add', 'en-es', 'en-fr');
  await cp(join(scratch, 'cache/models/translation/en-es'), join(own, 'en-es'), {
    recursive: true,
  });
  const { stdout } = await run('list');
  expect(stdout).toMatch(/✓ en-de {2}English to German .* files of your own/);
  expect(stdout).toMatch(/✗ enit .* damaged/);
  expect(stdout).toContain('tiny; not used, MODELS_DIR has one');
  expect(stdout).toMatch(/On offer .*\n\n {2}nothing more/);
  const rows = (await run('list', 'en-es', '--json')).json;
  expect(rows.map(({ model, folder }) => [model, folder])).toEqual([
    ['en-es', join(own, 'en-es')],
    ['en-es', join(scratch, 'cache/models/translation/en-es')],
  ]);

  const verified = await run('verify');
  expect(verified.exitCode).toBe(1);
  expect(verified.stdout).toContain(`✓ en-de in ${own}: intact`);
  // Random bytes are as their manifest says, but no model.
  expect(verified.stdout).toMatch(
    /✗ en-es in .*own: damaged\n(.+intact\n)+ +Expected the translation/,
  );
  expect(verified.stdout).toContain('✓ en-fr: intact');
  expect((await run('verify', 'en-de')).exitCode).toBe(0);
  const removed = await run('remove', 'en-es', 'en-de', 'en-fr');
  expect(removed.stdout).toBe(
    '✓ en-es: removed; the one in MODELS_DIR stays\n' +
      '✓ en-de: was not installed; the one in MODELS_DIR stays\n✓ en-fr: removed\n',
  );
});

test('another category is added on request', async () => {
  const { origin } = await serveMirror();
  const { stdout, exitCode } = await runCommand(
    ['models', 'add', 'en-es', '--category', 'base-memory', '--registry', 'newest'],
    { ...environment(origin), MODEL_REGISTRY: 'pinned' },
  );
  expect(exitCode).toBe(0);
  expect(stdout).toContain('en-es, base-memory');
});

test('a mirror is written with one command, and served to another machine', async () => {
  const { origin } = await serveMirror();
  const folder = join(scratch, 'mirror');
  // The speech model of this machine goes along.
  const speech = findModel('moonshine-tiny-en');
  const own = new ModelStore(readSettings().PARLANCE_CACHE).folder(speech);
  await mkdir(join(scratch, 'cache/models'), { recursive: true });
  await symlink(own, join(scratch, 'cache/models', speech.name));
  const written = await runCommand(['models', 'mirror', folder, 'en-es'], environment(origin));
  expect(written.exitCode).toBe(0);
  expect(written.stdout).toContain('MODEL_MIRROR');
  const all = ['models', 'mirror', join(scratch, 'all'), '--all', '--category', 'base-memory'];
  const { json } = await runCommand([...all, '--json'], environment(origin));
  expect(json).toEqual([{ model: 'en-es', category: 'base-memory' }]);
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(path.slice(folder.length + 1), await readFile(path));
  }
  for (const { name, sha256: expected } of speech.files) {
    expect(sha256(files.get(`${speech.name}/${name}`) ?? Buffer.alloc(0))).toBe(expected);
  }
  const mirror = await serveSite(files);
  sites.push(mirror);
  const elsewhere = { ...environment(mirror.origin), PARLANCE_CACHE: join(scratch, 'elsewhere') };
  for (const args of [['add', 'en-es'], ['fetch']]) {
    const { json } = await runCommand(['models', ...args, '--json'], elsewhere);
    expect(json).toEqual([expect.objectContaining({ fetched: true })]);
  }
});

test('an interrupted download is gone on with', async () => {
  const site = await serveMirror();
  const path = `translation/newest/${spanish.offer.files[0]?.path}`;
  const content = [...spanish.packed.values()][0] ?? Buffer.alloc(0);
  // The length is asked for first; then the file stops half way.
  site.fail(
    path,
    (_request, response) =>
      response.writeHead(206, { 'content-range': `bytes 0-0/${content.length}` }).end('x'),
    (_request, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, content.length / 2));
    },
  );
  const running = startCommand(['models', 'add', 'en-es'], environment(site.origin));
  await running.shows('25 % of');
  running.child.kill('SIGINT');
  const { exitCode, stderr } = await running.done;
  expect({ exitCode, stderr }).toEqual({
    exitCode: 130,
    stderr: 'Interrupted; the same command goes on from here.\n',
  });

  const again = await runCommand(['models', 'add', 'en-es'], environment(site.origin));
  expect(again.exitCode).toBe(0);
  const ranges = site.requests
    .filter(({ url }) => url === `/${path}`)
    .map(({ headers }) => headers.range);
  expect(ranges.at(-1)).toMatch(/^bytes=[1-9]\d*-$/);
});
