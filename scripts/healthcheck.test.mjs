import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('healthcheck.mjs', import.meta.url));

/** @type {import('node:http').Server | null} */
let server = null;
afterEach(() => {
  server?.close();
  server = null;
});

/** @returns {Promise<number>} the port of a server that is well and not ready */
async function halfWell() {
  const made = createServer(({ url }, response) => {
    response.writeHead(url === '/health' ? 200 : 503).end();
  });
  server = made;
  await new Promise((resolve) => made.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = made.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/**
 * @param {number} port
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, complaint: string }>}
 */
function check(port, ...args) {
  const env = { ...process.env, PORT: `${port}`, TLS_CERT: '' };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [SCRIPT, ...args],
      { env },
      (_error, _out, complaint) => resolve({ code: child.exitCode ?? -1, complaint }),
    );
  });
}

test('a container is well when its server says so, and not when it says no or nothing', async () => {
  const port = await halfWell();
  expect(await check(port)).toEqual({ code: 0, complaint: '' });
  expect(await check(port, '/ready')).toEqual({
    code: 1,
    complaint: 'Expected /ready to answer with 200, got 503.\n',
  });
  await new Promise((resolve) => server?.close(resolve));
  const { code, complaint } = await check(port);
  expect(code).toBe(1);
  expect(complaint).toContain('ECONNREFUSED');
});
