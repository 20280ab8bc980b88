import { expect, test } from 'vitest';
import { parseStat, processTreeCpu } from './process-cpu.ts';

test('reads a line of /proc/PID/stat whatever the program is called', () => {
  const rest = 'S 7 1 1 0 -1 4194560 900 800 0 0 150 50 30 20 20 0 12 0 99';
  expect(parseStat(`4242 (a) b (c d) ${rest}`)).toEqual({
    pid: 4242,
    parent: 7,
    ownSeconds: 2,
    seconds: 2.5,
  });
});

test('counts this process, and a process that does not exist as none', async () => {
  const own = await processTreeCpu(process.pid);
  const used = process.cpuUsage();
  if (process.platform === 'linux') {
    expect(own?.ownSeconds).toBeGreaterThan(0);
    expect(own?.ownSeconds).toBeLessThanOrEqual((used.user + used.system) / 1e6 + 0.1);
  } else {
    expect(own).toBeNull();
  }
  expect(await processTreeCpu(2 ** 30)).toBeNull();
});
