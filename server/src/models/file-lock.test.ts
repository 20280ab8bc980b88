import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withFileLock } from './file-lock.ts';

let folder = '';
let lock = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-lock-'));
  lock = join(folder, 'model.lock');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('only one holds it at a time, everybody gets it, and nothing is left', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await readdir(folder);
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 8 }, () => withFileLock(lock, work, { pollMs: 1 })));
  expect(most).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test('the one that waits is told so once', async () => {
  let waits = 0;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const first = withFileLock(lock, () => released);
  await expect.poll(() => readdir(folder)).toEqual(['model.lock']);
  const second = withFileLock(lock, async () => 'second', {
    pollMs: 1,
    onWait: () => {
      waits += 1;
      release();
    },
  });
  expect(await second).toBe('second');
  await first;
  expect(waits).toBe(1);
});

test('it is let go when the work fails', async () => {
  const failing = withFileLock(lock, async () => {
    throw new Error('broken');
  });
  await expect(failing).rejects.toThrow('broken');
  expect(await readdir(folder)).toEqual([]);
});

test("a dead process's lock is taken over", async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  await writeFile(lock, `${pid} some-token`);
  expect(await withFileLock(lock, async () => 'mine', { pollMs: 1 })).toBe('mine');
  expect(await readdir(folder)).toEqual([]);
});

test('a lock that nobody touches any more is taken over', async () => {
  await writeFile(lock, `${process.pid} some-token`);
  const old = new Date(Date.now() - 60_000);
  await utimes(lock, old, old);
  expect(await withFileLock(lock, async () => 'mine', { pollMs: 1 })).toBe('mine');
});

test('waiting ends with the reason of the signal, and the lock stays with its holder', async () => {
  await writeFile(lock, `${process.pid} some-token`);
  const stop = new AbortController();
  const waiting = withFileLock(lock, async () => {}, {
    pollMs: 10_000,
    signal: stop.signal,
    onWait: () => stop.abort(new Error('enough')),
  });
  await expect(waiting).rejects.toThrow();
  expect(await readFile(lock, 'utf8')).toBe(`${process.pid} some-token`);
});

test('a lock that changed hands during the work is not removed', async () => {
  await withFileLock(lock, async () => {
    await writeFile(lock, 'another one');
  });
  expect(await readFile(lock, 'utf8')).toBe('another one');
});

test('a folder that is not there is named', async () => {
  await expect(withFileLock(join(lock, 'x'), async () => {})).rejects.toMatchObject({
    name: 'AppError',
  });
});
