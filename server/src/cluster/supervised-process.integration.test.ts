import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { isAlive } from '../store/process-identity.ts';
import { SupervisedProcess } from './supervised-process.ts';

const started: SupervisedProcess[] = [];
afterEach(async () => {
  for (const process of started.splice(0)) await process.close();
});

/** Supervises a process of this JavaScript that counts as ready once it has said something. */
function supervise(script: string, leaveLimitMs = 10_000) {
  const reports: string[] = [];
  let isReady = false;
  const supervised = new SupervisedProcess({
    name: 'subject',
    spawn: () => {
      isReady = false;
      const child = spawn(process.execPath, ['--eval', script], {
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      child.stdout.once('data', () => {
        isReady = true;
      });
      return child;
    },
    probe: () => Promise.resolve(isReady),
    leaveLimitMs,
    report: ({ event }) => reports.push(event),
  });
  started.push(supervised);
  return { supervised, reports };
}

const STAYS = `console.log('here'); setInterval(() => {}, 1000);`;

test('one that leaves when it is asked to: restarted with another process, then stopped', async () => {
  const { supervised, reports } = supervise(STAYS);
  await supervised.start();
  const first = supervised.pid;
  await supervised.restart();
  expect(supervised.pid).not.toBe(first);
  await supervised.close();
  await supervised.close();
  expect(supervised.pid).toBeNull();
  expect(reports).toEqual(['ready', 'leaving', 'ready', 'leaving']);
});

test('[INV4] one that does not leave is killed at its limit', async () => {
  const { supervised, reports } = supervise(`process.on('SIGTERM', () => {}); ${STAYS}`, 100);
  await supervised.start();
  await supervised.close();
  expect(reports).toEqual(['ready', 'leaving', 'killed']);
});

test('one that dies is started again, and what it had started is ended', async () => {
  const { supervised, reports } = supervise(`
    const { spawn } = require('node:child_process');
    spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    ${STAYS}
  `);
  await supervised.start();
  const { pid } = supervised;
  if (pid === null) throw new Error('Expected a process, got none.');
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => reports, { timeout: 10_000 }).toEqual(['ready', 'died', 'ready']);
  // A signal to nobody fails: of the group of the first process nobody is left.
  await expect.poll(() => groupLives(pid)).toBe(false);
});

test('one that ends before it is ready is told at once, and not tried again', async () => {
  const { supervised, reports } = supervise('process.exit(3);');
  await expect(supervised.start()).rejects.toThrow('Expected subject to start, but it ended');
  expect(supervised.state).toEqual({ kind: 'stopped' });
  expect(reports).toEqual(['died']);
});

/** Whether a process of this group still runs; those that only wait to be reaped do not count. */
async function groupLives(group: number): Promise<boolean> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const groups = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      return { pid, group: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) };
    }),
  );
  const ours = groups.filter((each) => each.group === group);
  return (await Promise.all(ours.map(({ pid }) => isAlive(pid)))).includes(true);
}
