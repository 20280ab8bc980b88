import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_PROXY } from '../config/proxy-settings.ts';
import type { ModelFile } from './catalogue.ts';
import { DOWNLOAD_LIMITS, type DownloadLimits, downloadFile } from './download-file.ts';
import { breakOffAfter, type Handler, serveBytes, serveScript } from './testing/scripted-http.ts';

const content = randomBytes(300_000);
const file = fileOf(content);
const quick: DownloadLimits = {
  ...DOWNLOAD_LIMITS,
  stretchMs: 60,
  minStretchBytes: 1_000,
  fruitlessTries: 3,
  firstPauseMs: 1,
};

let folder = '';
let target = '';
let cleanUps: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-download-'));
  target = join(folder, 'model.bin');
  cleanUps = [() => rm(folder, { recursive: true })];
});

afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

async function serve(...handlers: [Handler, ...Handler[]]) {
  const server = await serveScript(...handlers);
  cleanUps.push(() => server.close());
  return { server, url: new URL('/model.bin', server.origin) };
}

test('a file comes whole, checked, and with its progress told', async () => {
  const { url, server } = await serve(serveBytes(content));
  const progress: number[] = [];
  await downloadFile(url, target, file, { onProgress: (bytes) => progress.push(bytes) });
  expect(await holdsContent(target)).toBe(true);
  expect(progress.at(-1)).toBe(content.length);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
  expect(server.requests[0]?.headers['accept-encoding']).toBe('identity');
  expect(await readdir(folder)).toEqual(['model.bin']);
});

test('a broken link is resumed where it broke', async () => {
  const { url, server } = await serve(
    breakOffAfter(content, 100_000),
    breakOffAfter(content, 50_000),
    serveBytes(content),
  );
  await downloadFile(url, target, file, { limits: quick });
  expect(await holdsContent(target)).toBe(true);
  const ranges = server.requests.map(({ headers }) => headers.range);
  expect(ranges[0]).toBeUndefined();
  for (const range of ranges.slice(1)) expect(range).toMatch(/^bytes=[1-9]\d*-$/);
});

test('what an earlier run left is gone on with', async () => {
  await writeFile(`${target}.part`, content.subarray(0, 200_000));
  const { url, server } = await serve(serveBytes(content));
  await downloadFile(url, target, file);
  expect(server.requests.map(({ headers }) => headers.range)).toEqual(['bytes=200000-']);
  expect(await holdsContent(target)).toBe(true);
});

test('a whole file left by an earlier run needs no request', async () => {
  await writeFile(`${target}.part`, content);
  const { url, server } = await serve(serveBytes(content));
  await downloadFile(url, target, file);
  expect(server.requests).toEqual([]);
});

test('a left-over of another make is thrown away and the file fetched anew', async () => {
  await writeFile(`${target}.part`, randomBytes(200_000));
  const { url, server } = await serve(serveBytes(content));
  await downloadFile(url, target, file);
  expect(server.requests.map(({ headers }) => headers.range)).toEqual(['bytes=200000-', undefined]);
  expect(await holdsContent(target)).toBe(true);
});

test('a left-over that is too long is thrown away', async () => {
  await writeFile(`${target}.part`, randomBytes(content.length + 1));
  const { url, server } = await serve(serveBytes(content));
  await downloadFile(url, target, file);
  expect(server.requests).toHaveLength(1);
});

test('a server that knows no ranges sends the whole again', async () => {
  await writeFile(`${target}.part`, content.subarray(0, 1_000));
  const { url } = await serve((_request, response) => response.end(content));
  await downloadFile(url, target, file);
  expect(await holdsContent(target)).toBe(true);
});

test('a wrong sha256 is named, and nothing is left of the file', async () => {
  const { url } = await serve(serveBytes(randomBytes(content.length)));
  await expect(downloadFile(url, target, file)).rejects.toMatchObject({
    code: 'model_damaged',
    message: expect.stringMatching(/Expected model\.bin with sha256 .*, got /),
  });
  expect(await readdir(folder)).toEqual([]);
});

test.each([404, 403, 410])('status %i is final', async (status) => {
  const { url, server } = await serve((_request, response) => response.writeHead(status).end());
  await expect(downloadFile(url, target, file, { limits: quick })).rejects.toMatchObject({
    code: 'download_failed',
    message: expect.stringContaining(`got ${status}`),
  });
  expect(server.requests).toHaveLength(1);
});

test('status 503 is tried again, a limited number of times', async () => {
  const busy: Handler = (_request, response) => response.writeHead(503).end();
  const recovering = await serve(busy, serveBytes(content));
  await downloadFile(recovering.url, target, file, { limits: quick });
  expect(await holdsContent(target)).toBe(true);

  const { url, server } = await serve(busy);
  await expect(
    downloadFile(url, join(folder, 'other.bin'), file, { limits: quick }),
  ).rejects.toMatchObject({ code: 'download_failed' });
  expect(server.requests).toHaveLength(quick.fruitlessTries);
});

test('a link that always breaks at the same byte ends in an error, and keeps what it has', async () => {
  const { url, server } = await serve(breakOffAfter(content, 0));
  await writeFile(`${target}.part`, content.subarray(0, 10));
  await expect(downloadFile(url, target, file, { limits: quick })).rejects.toMatchObject({
    code: 'download_failed',
  });
  expect(server.requests).toHaveLength(quick.fruitlessTries);
  expect(await readFile(`${target}.part`)).toEqual(content.subarray(0, 10));
});

test('an answer of the wrong length is refused before it is read', async () => {
  const { url } = await serve(serveBytes(content.subarray(0, 100)));
  await expect(downloadFile(url, target, file, { limits: quick })).rejects.toThrow(
    /Expected 300000 bytes, got the promise of 100/,
  );
});

test('a stream that goes on for ever is cut off at the length of the file', async () => {
  const { url } = await serve((_request, response) => {
    const feed = () => {
      while (!response.destroyed && response.write(content));
    };
    response.on('drain', feed);
    feed();
  });
  await expect(downloadFile(url, target, file, { limits: quick })).rejects.toThrow(
    /Expected 300000 bytes, got more/,
  );
  expect(await readdir(folder)).toEqual([]);
});

test('a server that falls silent in the middle is given up', async () => {
  const silent = await serve((_request, response) => {
    response.write(content.subarray(0, 2_000));
  });
  await expect(downloadFile(silent.url, target, file, { limits: quick })).rejects.toMatchObject({
    code: 'download_failed',
    message: expect.stringContaining('Expected 1000 bytes in 0.06 s'),
  });
});

test('a server that accepts and never answers is given up', async () => {
  const { url } = await serve(() => {});
  await expect(
    downloadFile(url, target, file, { limits: { ...quick, answerMs: 40 } }),
  ).rejects.toThrow(/Expected an answer within 0.04 s/);
});

test('without a network it fails at once: one try', async () => {
  const { url, server } = await serve(serveBytes(content));
  await server.close();
  await expect(
    downloadFile(url, target, file, { limits: { ...quick, firstPauseMs: 1_000_000 } }),
  ).rejects.toMatchObject({
    code: 'download_failed',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test('a gzip encoding that nobody asked for is undone', async () => {
  const { url } = await serve((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(content));
  });
  await downloadFile(url, target, file);
  expect(await holdsContent(target)).toBe(true);
});

test.each(['gzip', 'x-gzip'])(
  'a packed file that is announced as encoded by %s stays packed, and is resumed',
  async (encoding) => {
    const named: (handler: Handler) => Handler = (handler) => (request, response) => {
      response.setHeader('content-encoding', encoding);
      handler(request, response);
    };
    const { url, server } = await serve(
      named(breakOffAfter(content, 100_000)),
      named(serveBytes(content)),
    );
    await downloadFile(url, target, file, { limits: quick });
    expect(await holdsContent(target)).toBe(true);
    expect(server.requests[1]?.headers.range).toMatch(/^bytes=[1-9]\d*-$/);
  },
);

test('a broken gzip stream begins anew instead of resuming', async () => {
  const packed = gzipSync(content);
  const headers = { 'content-encoding': 'gzip', 'content-length': packed.length };
  const { url, server } = await serve(
    (_request, response) => {
      response.writeHead(200, headers);
      response.write(packed.subarray(0, 150_000), () => response.destroy());
    },
    (_request, response) => {
      response.writeHead(200, headers).end(packed);
    },
  );
  await downloadFile(url, target, file, { limits: quick });
  expect(server.requests.map(({ headers: { range } }) => range)).toEqual([undefined, undefined]);
  expect(await holdsContent(target)).toBe(true);
});

test('redirects are followed, but not in circles', async () => {
  const there = await serve(serveBytes(content));
  const { url } = await serve((_request, response) => {
    response.writeHead(302, { location: there.url.href }).end();
  });
  await downloadFile(url, target, file);
  expect(await holdsContent(target)).toBe(true);

  const circle = await serve((_request, response) => {
    response.writeHead(302, { location: '/model.bin' }).end();
  });
  await expect(downloadFile(circle.url, `${target}2`, file)).rejects.toThrow(/at most 5 redirects/);
});

test('an abort ends it with its reason, and nothing half lies in place', async () => {
  const stop = new AbortController();
  const { url } = await serve((_request, response) => {
    response.write(content.subarray(0, 5_000));
  });
  const onProgress = () => stop.abort(new Error('enough'));
  await expect(
    downloadFile(url, target, file, { signal: stop.signal, onProgress }),
  ).rejects.toThrow('enough');
  expect(await readdir(folder)).not.toContain('model.bin');
});

test('a folder that cannot be written to is named', async () => {
  const { url } = await serve(serveBytes(content));
  await writeFile(join(folder, 'plain'), '');
  await expect(downloadFile(url, join(folder, 'plain', 'x'), file)).rejects.toMatchObject({
    code: 'invalid_setting',
    message: expect.stringContaining('PARLANCE_CACHE'),
  });
});

test('a full disk is named', async () => {
  const { url } = await serve(serveBytes(content));
  // Every write to this device is answered as a full disk answers.
  await symlink('/dev/full', `${target}.part`);
  await expect(downloadFile(url, target, file)).rejects.toMatchObject({ code: 'disk_full' });
});

test('plain http goes through its proxy, with credentials', async () => {
  const origin = await serve(serveBytes(content));
  const seen: string[] = [];
  const proxy = createServer((request, response) => {
    seen.push(`${request.headers['proxy-authorization']} ${request.url}`);
    serveBytes(content)(request, response);
  });
  const port = await listen(proxy);
  const forHttp = new URL(`http://me:p%40ss@127.0.0.1:${port}`);
  await downloadFile(origin.url, target, file, { proxies: { ...NO_PROXY, forHttp } });
  expect(seen).toEqual([`Basic ${btoa('me:p@ss')} ${origin.url.href}`]);
  expect(origin.server.requests).toEqual([]);
});

test('https goes through a tunnel of its proxy, and the certificate is checked', async () => {
  const { key, cert } = await certificate();
  const origin = createTlsServer({ key, cert }, serveBytes(content));
  const originPort = await listen(origin);
  const tunnels: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    const upstream = connect(originPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => {}).on('close', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  const forHttps = new URL(`http://127.0.0.1:${await listen(proxy)}`);
  const url = new URL(`https://localhost:${originPort}/model.bin`);
  const options = { proxies: { ...NO_PROXY, forHttps }, limits: quick };
  await downloadFile(url, target, file, { ...options, ca: cert });
  expect(await holdsContent(target)).toBe(true);
  expect(tunnels).toEqual([`localhost:${originPort}`]);

  await expect(downloadFile(url, `${target}2`, file, options)).rejects.toMatchObject({
    code: 'download_failed',
    message: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/),
  });
});

test('a proxy that refuses is named', async () => {
  const proxy = createServer();
  proxy.on('connect', (_request, socket) => {
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  const forHttps = new URL(`http://127.0.0.1:${await listen(proxy)}`);
  await expect(
    downloadFile(new URL('https://models.invalid/x'), target, file, {
      proxies: { ...NO_PROXY, forHttps },
    }),
  ).rejects.toThrow(/Expected the proxy 127\.0\.0\.1:\d+ to connect, got 407/);
});

test('a redirect from https to http is refused', async () => {
  const { key, cert } = await certificate();
  const origin = createTlsServer({ key, cert }, (_request, response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:9/model.bin' }).end();
  });
  const url = new URL(`https://localhost:${await listen(origin)}/model.bin`);
  await expect(downloadFile(url, target, file, { ca: cert })).rejects.toThrow(
    /Expected a redirect to https/,
  );
});

function fileOf(bytes: Buffer): ModelFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name: 'model.bin', bytes: bytes.length, sha256 };
}

/** Comparing buffers with toEqual takes a second each. */
async function holdsContent(path: string): Promise<boolean> {
  return content.equals(await readFile(path));
}

async function certificate() {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  return { key, cert };
}

async function listen(server: ReturnType<typeof createServer | typeof createTlsServer>) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return (server.address() as AddressInfo).port;
}
