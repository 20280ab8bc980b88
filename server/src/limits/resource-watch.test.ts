import { expect, test, vi } from 'vitest';
import { CPU_LOOKS, ResourceWatch } from './resource-watch.ts';

function watched() {
  const log = { warn: vi.fn(), info: vi.fn() };
  const watch = new ResourceWatch(log);
  const note = (fields: { cpu?: number; memory?: number; disk?: number | null }, times = 1) => {
    for (let at = 0; at < times; at += 1) watch.note({ cpu: 0, memory: 0, disk: 0, ...fields });
  };
  return { watch, log, note };
}

test('a moment of work is no load; half a minute of it is warned of, once', () => {
  const { watch, log, note } = watched();
  note({ cpu: 100 }, CPU_LOOKS - 2);
  expect(watch.isBusy).toBe(false);
  expect(log.warn).not.toHaveBeenCalled();
  note({ cpu: 100 }, 20);
  expect(watch.isBusy).toBe(true);
  expect(log.warn).toHaveBeenCalledTimes(1);
  expect(log.warn).toHaveBeenCalledWith({ resource: 'cpu', percent: 83 }, expect.any(String));
});

test('around the mark nothing is said again until all is well', () => {
  const { watch, log, note } = watched();
  note({ cpu: 85 }, CPU_LOOKS);
  for (let turn = 0; turn < 5; turn += 1) {
    note({ cpu: 75 }, CPU_LOOKS);
    note({ cpu: 85 }, CPU_LOOKS);
  }
  expect(log.warn).toHaveBeenCalledTimes(1);
  note({ cpu: 60 }, CPU_LOOKS);
  expect(watch.isBusy).toBe(false);
  expect(log.info).toHaveBeenCalledTimes(1);
});

test('memory and disk are warned of by themselves; a disk that does not tell is not', () => {
  const { log, note } = watched();
  note({ memory: 81, disk: null });
  note({ memory: 81, disk: 90 });
  expect(log.warn.mock.calls.map(([facts]) => facts)).toEqual([
    { resource: 'memory', percent: 81 },
    { resource: 'disk', percent: 90 },
  ]);
});
