import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { ChildProcesses } from './child-processes.ts';

const children = new ChildProcesses();
afterEach(() => expect(children.pids).toEqual([]));

test('knows what was started here until it has ended', async () => {
  const child = spawn('cat', [], { stdio: ['pipe', 'ignore', 'ignore'] });
  expect(children.pids).toEqual([child.pid]);
  child.stdin?.end();
  await once(child, 'close');
});

test('one that can not be started was never there, and its error stays its starter’s', async () => {
  const child = spawn('/nowhere/at/all');
  expect(child.listenerCount('error')).toBe(0);
  const [error] = await once(child, 'error');
  expect(error).toMatchObject({ code: 'ENOENT' });
});
