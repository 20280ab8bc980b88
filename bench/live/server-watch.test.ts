import { expect, test } from 'vitest';
import {
  type ChildUse,
  NO_SECONDS,
  programStage,
  type ServerSample,
  sampleServer,
  threadStage,
} from './process-stages.ts';
import { parseMachine, parseProcess } from './process-table.ts';
import { StageLedger, stageRates } from './server-watch.ts';

function sample(at: number, recognition: number, children: readonly ChildUse[]): ServerSample {
  const own = { ...NO_SECONDS, recognition };
  return { at, own, children, rssMb: 100, threads: 9, machineSeconds: at / 1000 };
}

test('what was used before the watch is not counted, and a child that ends is not forgotten', () => {
  const ledger = new StageLedger();
  const before = { id: 7, stage: 'Redis', cpuSeconds: 5 } as const;
  const later = { id: 8, stage: 'FFmpeg', cpuSeconds: 2 } as const;
  expect(ledger.add(sample(1000, 3, [before])).cpuSeconds).toEqual(NO_SECONDS);
  const middle = ledger.add(sample(2000, 4, [{ ...before, cpuSeconds: 5.5 }, later]));
  expect(middle.cpuSeconds).toEqual({ ...NO_SECONDS, recognition: 1, Redis: 0.5, FFmpeg: 2 });
  const end = ledger.add(sample(4000, 5, []));
  expect(end.cpuSeconds).toEqual({ ...NO_SECONDS, recognition: 2, Redis: 0.5, FFmpeg: 2 });
  const [rate] = stageRates([middle, end]);
  expect(rate).toEqual({
    at: 3000,
    cores: { ...NO_SECONDS, recognition: 0.5 },
    elsewhere: 0.5,
  });
});

test('stages are told by names of threads and programs', () => {
  expect(threadStage('moonshine-worke')).toBe('recognition');
  expect(threadStage('silero-worker')).toBe('voice activity');
  expect(threadStage('node')).toBe('other threads');
  expect(programStage('ffmpeg')).toBe('FFmpeg');
  expect(programStage('redis-server')).toBe('Redis');
  expect(programStage('lt-proc')).toBe('translation');
  expect(programStage('x')).toBe('other processes');
});

test('what the kernel tells is read, whatever a process is called', () => {
  const fields = ['S', '41', ...Array<string>(9).fill('0'), '150', '50', '30', '20', '9'];
  expect(parseProcess(`42 (a) b) ${fields.join(' ')}`)).toEqual({
    pid: 42,
    parent: 41,
    name: 'a) b',
    cpuSeconds: 2,
    endedChildSeconds: 0.5,
  });
  expect(parseMachine('cpu  100 20 30 4000 50 6 7 8 0 0\ncpu0 1 2')).toBeCloseTo(1.71);
});

test('a process that is not there has no figures', () => {
  expect(sampleServer(0)).toBeNull();
});
