import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseApiKey } from '../access/api-key.ts';
import { folderHolder } from '../store/data-folder-lock.ts';
import { startPrivateRedis } from '../store/private-redis.ts';
import { runCommand } from './testing/run-command.ts';

/** `parlance keys` as a process of its own, beside a server's Redis and without one. */

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-keys-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const keys = (...args: string[]) => runCommand(['keys', ...args], { DATA_DIR: folder });

test('without a server: a key is made, listed without its secret, revoked, and nothing stays behind', async () => {
  expect((await keys()).stdout).toMatch(/No keys in .*keys create NAME/);
  const made = await keys('create', 'reception', '--expires', '90d', '--max-sessions', '007');
  expect(made).toMatchObject({ exitCode: 0, stderr: '' });
  const [key = ''] = /parlance_\w{10}_[\w-]{43}/.exec(made.stdout) ?? [];
  const { id = '', secret = '' } = parseApiKey(key) ?? {};
  expect(made.stdout).toMatch(/this once[\s\S]*No server runs there now/);
  expect(made.stdout).not.toContain('the first one');
  const [listed] = (await keys('list', '--json')).json;
  expect(listed).toMatchObject({ id, name: 'reception', limits: { maxSessions: 7 } });
  expect(JSON.stringify(listed)).not.toContain(secret);
  const [revoked] = (await keys('revoke', 'reception', '--json')).json;
  expect(revoked).toMatchObject({ id, revokedAtMs: expect.any(Number) });
  expect((await keys('revoke', key, '--forget')).exitCode).toBe(0);
  expect((await keys('list', '--json')).json).toEqual([]);
  expect(await folderHolder(join(folder, 'redis'))).toBeNull();
  const kept = await readFile(join(folder, 'redis', 'redis.pid'), 'utf8').catch(() => '');
  expect(kept).toBe('');
});

test('beside a running server it works with the very Redis of that one', async () => {
  const server = await startPrivateRedis({ dataFolder: join(folder, 'redis') });
  try {
    const first = await keys('create', 'reception');
    expect(first.stdout).toMatch(
      /good at once\.\nIt is the first one: .*until the connection is lost/,
    );
    expect((await keys('create', 'another')).stdout).not.toContain('the first one');
    const made = await keys('create', 'dashboard', '--scopes', 'operate', '--json');
    expect(made.json[0]).toMatchObject({ name: 'dashboard', scopes: ['operate'] });
    expect(parseApiKey(String(made.json[0]?.key))?.id).toBe(made.json[0]?.id);
    const address = { REDIS_URL: `unix:${server.options.path}` };
    const elsewhere = await runCommand(['keys'], address);
    expect(elsewhere.stdout).toMatch(/dashboard {2}operate/);
    expect(server.pid).not.toBeNull();
  } finally {
    await server.close();
  }
});

test.each([
  [['destroy', 'x'], 2, /keys list, create, revoke/],
  [['revoke', 'nobody'], 1, /key_not_found: .*nobody/],
])('keys %j: one line that says what is wrong', async (args, exitCode, message) => {
  const result = await keys(...args);
  expect(result.stderr).toMatch(message);
  expect(result.stderr.trim().split('\n')).toHaveLength(1);
  expect(result).toMatchObject({ exitCode, stdout: '' });
});

test('a cluster does not start where others could speak without a key', async () => {
  const args = ['cluster', '--nodes', '1', '--host', '0.0.0.0', '--port', '0'];
  const env = { DATA_DIR: folder, ACCESS_KEY: '', OPEN_TO_EVERYBODY: '' };
  const result = await runCommand(args, env);
  expect(result.stderr).toMatch(/keys_required: .*0\.0\.0\.0.*keys create NAME.*ACCESS_KEY.*=yes/);
  expect(result).toMatchObject({ exitCode: 1, stdout: '' });
});
