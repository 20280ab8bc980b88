import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { Yardstick, YardstickMissing } from './yardstick.ts';

afterEach(() => vi.unstubAllEnvs());

test('a machine without Python says so by name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-yardstick-'));
  vi.stubEnv('PATH', folder);
  vi.stubEnv('PARLANCE_CACHE', folder);
  const told: string[] = [];
  const starting = Yardstick.start((line) => told.push(line));
  await expect(starting).rejects.toThrow(YardstickMissing);
  await expect(starting).rejects.toThrow('python3 could not make a virtual environment');
  expect(told[0]).toContain('Installing moonshine-voice 0.0.62');
  await rm(folder, { recursive: true });
});
