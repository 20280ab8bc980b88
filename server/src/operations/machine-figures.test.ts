import { availableParallelism, tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { MachineFigures } from './machine-figures.ts';

test('it tells what machine, process and disk have', async () => {
  const figures = new MachineFigures(tmpdir());
  const look = await figures.look();
  figures.close();
  expect(look.cores).toBe(availableParallelism());
  expect(look.cpuPercent).toBeGreaterThanOrEqual(0);
  expect(look.cpuPercent).toBeLessThanOrEqual(100);
  expect(look.disk?.total_mb).toBeGreaterThan(0);
  expect(look.disk?.free_mb).toBeLessThanOrEqual(look.disk?.total_mb ?? 0);
});

test('work of this process shows', async () => {
  const figures = new MachineFigures(tmpdir());
  await figures.look();
  const until = process.cpuUsage().user + 50_000;
  let turns = 0;
  while (process.cpuUsage().user < until) turns += 1;
  const { processCpuPercent } = await figures.look();
  figures.close();
  expect(turns).toBeGreaterThan(0);
  expect(processCpuPercent).toBeGreaterThan(0);
});

test('a disk that is not there is null', async () => {
  const figures = new MachineFigures('/nowhere/at/all');
  expect((await figures.look()).disk).toBeNull();
  figures.close();
});
