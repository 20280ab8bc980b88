import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  findPrivateRedis,
  MAX_SOCKET_PATH_BYTES,
  type PrivateRedis,
  startPrivateRedis,
} from './private-redis.ts';
import { isAlive } from './process-identity.ts';
import { closeConnection, connectionReady, openConnection } from './redis/connections.ts';

let root: string;
let folder: string;
let started: PrivateRedis[];
let connections: Redis[];
let holders: ChildProcess[];
let orphans: number[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'parlance-redis-'));
  folder = join(root, 'data');
  started = [];
  connections = [];
  holders = [];
  orphans = [];
});

afterEach(async () => {
  await Promise.all(connections.map(closeConnection));
  await Promise.all(started.map((server) => server.close()));
  for (const holder of holders) holder.kill('SIGKILL');
  for (const pid of orphans) {
    if (await isAlive(pid)) process.kill(pid, 'SIGKILL');
  }
  await rm(root, { recursive: true });
});

async function start(
  options: Partial<Parameters<typeof startPrivateRedis>[0]> = {},
): Promise<PrivateRedis> {
  const server = await startPrivateRedis({ dataFolder: folder, ...options });
  started.push(server);
  return server;
}

async function connect(server: PrivateRedis): Promise<Redis> {
  const redis = openConnection(server.options, 'commands');
  connections.push(redis);
  await connectionReady(redis);
  return redis;
}

/** Unlike `once`, not put off by the errors of the attempts before. */
function readyAgain(redis: Redis): Promise<void> {
  return new Promise((resolve) => redis.once('ready', resolve));
}

/** A server process that does nothing but hold its private Redis; resolves with that one's pid. */
async function startHolder(then = ''): Promise<{ holder: ChildProcess; redisPid: number }> {
  const module = new URL('./private-redis.ts', import.meta.url).href;
  const program = `
    import { startPrivateRedis } from ${JSON.stringify(module)};
    const server = await startPrivateRedis({ dataFolder: ${JSON.stringify(folder)} });
    console.log(server.pid);
    ${then}`;
  const holder = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  holders.push(holder);
  const [line] = await once(createInterface(holder.stdout), 'line');
  const redisPid = Number(line);
  orphans.push(redisPid);
  return { holder, redisPid };
}

test('[INV1] every write is synced, nothing is evicted, and nobody else may look in', async () => {
  const redis = await connect(await start());
  const expected = {
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    'maxmemory-policy': 'noeviction',
    port: '0',
  };
  for (const [name, value] of Object.entries(expected)) {
    expect(await redis.config('GET', name), name).toEqual([name, value]);
  }
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, 'redis.sock'))).mode & 0o077).toBe(0);
});

test('what was stored is there after a stop and a start, and nothing is left running', async () => {
  const first = await start();
  await (await connect(first)).set('word', 'kept');
  const pid = first.pid ?? 0;
  await Promise.all([first.close(), first.close()]);
  expect(await isAlive(pid)).toBe(false);
  expect(first.pid).toBeNull();
  expect(await readdir(folder)).toEqual(['appendonlydir']);
  expect(await (await connect(await start())).get('word')).toBe('kept');
});

test('[INV1] one that is killed is started again with all it had', async () => {
  const events: string[] = [];
  const server = await start({ report: ({ event }) => events.push(event) });
  const redis = await connect(server);
  await redis.set('word', 'kept');
  const pid = server.pid ?? 0;
  const back = readyAgain(redis);
  process.kill(pid, 'SIGKILL');
  await back;
  expect(await redis.get('word')).toBe('kept');
  expect(server.pid).not.toBe(pid);
  expect(events).toEqual(['started', 'died', 'started']);
});

test('one that is killed again and again is started with growing pauses', async () => {
  const server = await start();
  const redis = await connect(server);
  for (let kills = 0; kills < 4; kills += 1) {
    const back = readyAgain(redis);
    process.kill(server.pid ?? 0, 'SIGKILL');
    await back;
  }
  expect(await redis.ping()).toBe('PONG');
});

test('closing while it is down leaves nothing that would start it', async () => {
  const server = await start();
  const pid = server.pid ?? 0;
  process.kill(pid, 'SIGKILL');
  await vi.waitUntil(() => server.pid === null, { timeout: 10_000 });
  await server.close();
  expect(server.pid).toBeNull();
  await start();
});

test('a missing program is named with the way to get it, and the folder is free again', async () => {
  await expect(start({ binary: 'redis-server-that-is-not-there' })).rejects.toMatchObject({
    code: 'program_missing',
    message: expect.stringMatching(/apt-get install redis-server.*REDIS_URL/),
  });
  await start();
});

test('a folder that another server uses is refused by name', async () => {
  const first = await start();
  await expect(start()).rejects.toMatchObject({ code: 'invalid_setting' });
  expect(await (await connect(first)).ping()).toBe('PONG');
});

test('one that does not come up says why, and nothing is left running', async () => {
  await mkdir(join(folder, 'appendonlydir'), { recursive: true });
  await writeFile(join(folder, 'appendonlydir', 'appendonly.aof.manifest'), 'no manifest\n');
  await expect(start()).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringMatching(/manifest/i),
  });
  await rm(join(folder, 'appendonlydir'), { recursive: true });
  await start();
});

test('a path too long for a socket means a port on loopback behind a password', async () => {
  folder = join(root, 'x'.repeat(MAX_SOCKET_PATH_BYTES));
  const server = await start();
  expect(server.options).toMatchObject({ host: '127.0.0.1', password: expect.any(String) });
  expect(await (await connect(server)).ping()).toBe('PONG');
  // Other programs of this user read the password; nobody else does.
  expect((await stat(join(folder, 'redis-address.json'))).mode & 0o777).toBe(0o600);
  const { password: _, ...stranger } = server.options;
  const refused = openConnection(stranger, 'commands');
  connections.push(refused);
  await expect(connectionReady(refused, 2_000)).rejects.toMatchObject({
    code: 'store_unavailable',
  });
});

test.each([
  ['a socket', 'data'],
  ['a port', 'x'.repeat(MAX_SOCKET_PATH_BYTES)],
])('another process finds it while it runs, by %s', async (_way, name) => {
  folder = join(root, name);
  expect(await findPrivateRedis(folder)).toBeNull();
  const server = await start();
  const found = await findPrivateRedis(folder);
  expect(found?.pid).toBe(process.pid);
  const other = openConnection(found?.options ?? {}, 'commands');
  connections.push(other);
  await connectionReady(other);
  await server.close();
  expect(await findPrivateRedis(folder)).toBeNull();
});

test('[INV1] an orphan of a server that was killed is replaced, with all it had', async () => {
  const { holder, redisPid } = await startHolder('setInterval(() => {}, 1000);');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(await isAlive(redisPid)).toBe(true);
  const before = openConnection({ path: join(folder, 'redis.sock') }, 'commands');
  connections.push(before);
  await connectionReady(before);
  await before.set('word', 'kept');
  const events: string[] = [];
  const server = await start({ report: ({ event }) => events.push(event) });
  expect(events).toEqual(['orphan_replaced', 'started']);
  expect(await isAlive(redisPid)).toBe(false);
  expect(await (await connect(server)).get('word')).toBe('kept');
});

test('an orphan that hangs is replaced too', async () => {
  const { holder, redisPid } = await startHolder('setInterval(() => {}, 1000);');
  process.kill(redisPid, 'SIGSTOP');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const server = await start();
  expect(await isAlive(redisPid)).toBe(false);
  expect(await (await connect(server)).ping()).toBe('PONG');
});

test('a pid file that names some other process does it no harm', async () => {
  const bystander = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
  holders.push(bystander);
  await once(bystander, 'spawn');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'redis.pid'), `${bystander.pid}\n`);
  await start();
  expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
});

test('a server that ends without closing takes its Redis along', async () => {
  const { holder, redisPid } = await startHolder('process.exit(3);');
  if (holder.exitCode === null) await once(holder, 'exit');
  await vi.waitUntil(async () => !(await isAlive(redisPid)), { timeout: 10_000 });
});

test('Ctrl-C in a terminal reaches the server alone', async () => {
  const server = await start();
  const groupOf = async (pid: number | string) =>
    (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[2];
  expect(await groupOf(server.pid ?? 0)).toBe(`${server.pid}`);
  expect(await groupOf('self')).not.toBe(`${server.pid}`);
});

test('[INV7] what was deleted leaves the disk once the file is compacted', async () => {
  const server = await start();
  const redis = await connect(server);
  const onDisk = async () => {
    const files = await readdir(join(folder, 'appendonlydir'));
    const texts = await Promise.all(
      files.map((file) => readFile(join(folder, 'appendonlydir', file), 'latin1').catch(() => '')),
    );
    return texts.join('');
  };
  await redis.set('word', 'a secret confided');
  await redis.set('other', 'still kept');
  await redis.del('word');
  expect(await onDisk()).toContain('confided');
  server.compact();
  server.compact();
  await vi.waitUntil(async () => !(await onDisk()).includes('confided'), { timeout: 20_000 });
  expect(await onDisk()).toContain('still kept');
  await server.close();
  await expect(access(join(folder, 'redis.sock'))).rejects.toThrow();
});
