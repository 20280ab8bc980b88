import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { CpuMeter, diskPercent } from './machine-load.ts';

test('tells how busy the cores were since the last look', () => {
  let times = { idle: 1_000, all: 5_000 };
  const meter = new CpuMeter(() => times);
  times = { idle: 1_250, all: 6_000 };
  expect(meter.look()).toBe(75);
  times = { idle: 2_250, all: 7_000 };
  expect(meter.look()).toBe(0);
  expect(meter.look()).toBe(0);
});

test('a clock of the cores that steps back is no load', () => {
  let times = { idle: 1_000, all: 5_000 };
  const meter = new CpuMeter(() => times);
  times = { idle: 900, all: 4_000 };
  expect(meter.look()).toBe(0);
});

test('the real cores and disk are between nothing and everything', async () => {
  const cpu = new CpuMeter().look();
  expect(cpu).toBeGreaterThanOrEqual(0);
  expect(cpu).toBeLessThanOrEqual(100);
  const disk = await diskPercent(tmpdir());
  expect(disk).toBeGreaterThanOrEqual(0);
  expect(disk).toBeLessThanOrEqual(100);
});

test('a folder that is not there has no disk', async () => {
  expect(await diskPercent('/nowhere/at/all')).toBeNull();
});
