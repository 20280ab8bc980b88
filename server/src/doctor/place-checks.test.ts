import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkFolder, checkPort } from './place-checks.ts';

describe('folders', () => {
  let base = '';

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'parlance-doctor-'));
  });

  afterEach(async () => {
    await rm(base, { recursive: true });
  });

  const check = (path: string) => checkFolder('data-folder', 'Data folder', path, 'DATA_DIR');

  test('one that is there, or can be made, is well, and nothing is made', async () => {
    expect((await check(base)).level).toBe('ok');
    expect((await check(join(base, 'not', 'yet'))).level).toBe('ok');
    expect(await readdir(base)).toEqual([]);
  });

  test('a file in its place is named, with the setting', async () => {
    const file = join(base, 'file');
    await writeFile(file, '');
    for (const path of [file, join(file, 'below')]) {
      const finding = await check(path);
      expect(finding.level).toBe('fail');
      expect(finding.found).toContain('cannot be written to');
      expect(finding.mend).toContain('DATA_DIR');
    }
  });
});

describe('ports', () => {
  let server: Server | null = null;

  afterEach(async () => {
    await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
    server = null;
  });

  async function occupy(answer: string): Promise<number> {
    const listening = createServer((_request, response) => response.end(answer));
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    return (listening.address() as AddressInfo).port;
  }

  test('a free one is free afterwards', async () => {
    const port = await occupy('');
    await new Promise((resolve) => server?.close(resolve));
    server = null;
    expect((await checkPort('127.0.0.1', port)).level).toBe('ok');
    expect((await checkPort('127.0.0.1', port)).level).toBe('ok');
    expect((await checkPort('127.0.0.1', 0)).found).toContain('any free port');
  });

  test('our own server on it is well', async () => {
    const port = await occupy('{"name":"parlance"}');
    const { level, found } = await checkPort('127.0.0.1', port);
    expect([level, found]).toEqual(['ok', `127.0.0.1:${port}: Parlance is running there`]);
  });

  test.each(['{"name":"other"}', 'null', '<html>'])(
    'another program (%s) is told, with a way out',
    async (answer) => {
      const port = await occupy(answer);
      const finding = await checkPort('127.0.0.1', port);
      expect(finding.level).toBe('warn');
      expect(finding.mend).toBe(`npm start -- --port ${port + 1}`);
    },
  );
});
