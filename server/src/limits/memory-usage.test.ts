import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { memoryUsageMb } from './memory-usage.ts';

test('this process is counted, and what does not exist is not', () => {
  const alone = memoryUsageMb([]);
  expect(alone).toBeGreaterThan(10);
  expect(memoryUsageMb([2 ** 30]) - alone).toBeLessThan(5);
});

test.runIf(existsSync('/proc/self/status'))('what a child takes is counted too', async () => {
  const script =
    "const taken = Buffer.alloc(64 * 2 ** 20, 1); process.stdout.write('taken'); setInterval(() => taken, 1e6)";
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await once(child.stdout, 'data');
    const before = memoryUsageMb([]);
    expect(memoryUsageMb([child.pid ?? 0]) - before).toBeGreaterThan(50);
  } finally {
    child.kill('SIGKILL');
  }
});
