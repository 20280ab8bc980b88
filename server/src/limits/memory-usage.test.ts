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

/** Takes 64 MB, says so, and stays. */
const TAKES_MEMORY =
  'const taken = Buffer.alloc(64 * 2 ** 20, 1); console.log(1); setInterval(() => taken, 1e6)';
const NODE = `"${process.execPath}" -e "${TAKES_MEMORY}"`;

test.runIf(existsSync('/proc/self/status')).each([
  ['a child', process.execPath, ['-e', TAKES_MEMORY]],
  ['what a child has started, as pipelines of Apertium do', 'sh', ['-c', `${NODE} & wait`]],
  ['what that has started', 'sh', ['-c', `sh -c '${NODE} & wait' & wait`]],
])('memory of %s is counted too', async (_name, program, args) => {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const { pid = 0 } = child;
  try {
    await once(child.stdout, 'data');
    const before = memoryUsageMb([]);
    expect(memoryUsageMb([pid]) - before).toBeGreaterThan(50);
  } finally {
    process.kill(-pid, 'SIGKILL');
  }
});
