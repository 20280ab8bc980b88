import { expect, test } from 'vitest';
import { cpuSeconds, memory, parseMemory } from './process-figures.ts';

test('memory is read from what the kernel tells', () => {
  const rollup = [
    '55d6c0000000-7ffd3b5f6000 ---p 00000000 00:00 0    [rollup]',
    'Rss:               51200 kB',
    'Pss:               10240 kB',
    'Pss_Dirty:          9000 kB',
    'Private_Clean:      1024 kB',
    'Private_Dirty:      9216 kB',
  ].join('\n');
  expect(parseMemory(rollup)).toEqual({ rssMb: 50, pssMb: 10, ownMb: 10 });
});

test('a process that is not there has no figures', async () => {
  expect(await cpuSeconds(0)).toBeNull();
  expect(await memory(0)).toBeNull();
});
