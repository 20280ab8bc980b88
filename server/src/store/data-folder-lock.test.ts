import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDataFolder } from './data-folder-lock.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-lock-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function pidOfTheDead(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('a folder is used by one at a time, and the refusal names who', async () => {
  const unlock = await lockDataFolder(folder);
  await expect(lockDataFolder(folder)).rejects.toMatchObject({
    code: 'invalid_setting',
    message: expect.stringContaining(`process ${process.pid}`),
  });
  await unlock();
  await unlock();
  const again = await lockDataFolder(folder);
  await again();
  expect(await readdir(folder)).toEqual([]);
});

test('the lock of a process that is gone is taken over', async () => {
  await writeFile(join(folder, 'server.lock'), JSON.stringify({ pid: await pidOfTheDead() }));
  const unlock = await lockDataFolder(folder);
  expect(JSON.parse(await readFile(join(folder, 'server.lock'), 'utf8'))).toMatchObject({
    pid: process.pid,
  });
  await unlock();
});

test('a process number used again holds no lock of the one before', async () => {
  const earlier = { pid: process.pid, startTicks: '1' };
  await writeFile(join(folder, 'server.lock'), JSON.stringify(earlier));
  await (await lockDataFolder(folder))();
});

test('a takeover that was cut short keeps nobody out', async () => {
  const dead = JSON.stringify({ pid: await pidOfTheDead() });
  await writeFile(join(folder, 'server.lock'), dead);
  await writeFile(join(folder, 'server.lock.takeover'), dead);
  await (await lockDataFolder(folder))();
  expect(await readdir(folder)).toEqual([]);
});

test.each(['', '{', '{"pid":"x"}', '{"pid":-1}', 'null'])(
  'a lock file with %j in it holds nothing',
  async (content) => {
    await writeFile(join(folder, 'server.lock'), content);
    await (await lockDataFolder(folder))();
  },
);

test('of many that find a stale lock at the same time one wins', async () => {
  await writeFile(join(folder, 'server.lock'), JSON.stringify({ pid: await pidOfTheDead() }));
  const attempts = await Promise.allSettled(
    Array.from({ length: 8 }, () => lockDataFolder(folder)),
  );
  const won = attempts.filter(({ status }) => status === 'fulfilled');
  expect(won).toHaveLength(1);
  expect(await readdir(folder)).toEqual(['server.lock']);
});
