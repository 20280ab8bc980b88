import { describe, expect, it, vi } from 'vitest';
import { PipelineSlots, type SlotHolder } from './pipeline-slots.ts';

interface TestHolder extends SlotHolder {
  giveWay: ReturnType<typeof vi.fn<() => void>>;
  granted: ReturnType<typeof vi.fn<() => void>>;
}

function setUp(limit: number, names: number) {
  const slots = new PipelineSlots(limit);
  const holders = Array.from(
    { length: names },
    (): TestHolder => ({
      giveWay: vi.fn<() => void>(),
      granted: vi.fn<() => void>(),
    }),
  );
  const request = (at: number) => {
    const holder = holders[at];
    if (holder !== undefined) slots.request(holder, holder.granted);
  };
  const release = (at: number) => {
    const holder = holders[at];
    if (holder !== undefined) slots.release(holder);
  };
  const touch = (at: number) => {
    const holder = holders[at];
    if (holder !== undefined) slots.touch(holder);
  };
  const called = (what: 'giveWay' | 'granted') =>
    holders.map((holder) => holder[what].mock.calls.length);
  return { slots, request, release, touch, called };
}

describe('PipelineSlots', () => {
  it('[INV4] never lends more than its limit', () => {
    const { slots, request, called } = setUp(2, 3);
    for (const at of [0, 1, 2]) request(at);
    expect(called('granted')).toEqual([1, 1, 0]);
    expect([slots.held, slots.waiting]).toEqual([2, 1]);
  });

  it('asks the one that worked longest ago to give way, once for each in the line', () => {
    const { request, touch, called } = setUp(3, 5);
    for (const at of [0, 1, 2]) request(at);
    touch(0);
    request(3);
    expect(called('giveWay')).toEqual([0, 1, 0, 0, 0]);
    request(4);
    expect(called('giveWay')).toEqual([0, 1, 1, 0, 0]);
  });

  it('lends what comes back to the first in the line, and lets that one give way to the next', () => {
    const { slots, request, release, called } = setUp(1, 3);
    for (const at of [0, 1, 2]) request(at);
    expect(called('giveWay')).toEqual([1, 0, 0]);
    release(0);
    expect(called('granted')).toEqual([1, 1, 0]);
    expect(called('giveWay')).toEqual([1, 1, 0]);
    release(1);
    expect(called('granted')).toEqual([1, 1, 1]);
    expect(called('giveWay')).toEqual([1, 1, 0]);
    release(2);
    expect([slots.held, slots.waiting]).toEqual([0, 0]);
  });

  it('lets go of who leaves the line', () => {
    const { slots, request, release, called } = setUp(1, 3);
    for (const at of [0, 1, 2]) request(at);
    release(1);
    release(0);
    expect(called('granted')).toEqual([1, 0, 1]);
    expect([slots.held, slots.waiting]).toEqual([1, 0]);
  });

  it('takes nothing back from who holds nothing', () => {
    const { slots, request, release } = setUp(1, 2);
    request(0);
    release(1);
    release(1);
    expect([slots.held, slots.waiting]).toEqual([1, 0]);
  });
});
