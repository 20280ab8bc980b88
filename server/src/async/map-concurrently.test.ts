import { describe, expect, it } from 'vitest';
import { mapConcurrently } from './map-concurrently.ts';

describe('mapConcurrently', () => {
  it('keeps the order of the items whatever ends first', async () => {
    const waiting: (() => void)[] = [];
    const mapped = mapConcurrently([1, 2, 3], 3, async (item) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return item * 10;
    });
    for (const go of waiting.reverse()) go();
    await expect(mapped).resolves.toEqual([10, 20, 30]);
  });

  it('never has more than the limit under way', async () => {
    let running = 0;
    let most = 0;
    await mapConcurrently(Array.from({ length: 20 }), 4, async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
    });
    expect(most).toBe(4);
  });

  it('begins nothing new after a failure', async () => {
    let begun = 0;
    const mapped = mapConcurrently(Array.from({ length: 20 }), 2, async () => {
      begun += 1;
      throw new Error('no');
    });
    await expect(mapped).rejects.toThrow('no');
    expect(begun).toBe(2);
  });

  it('maps nothing to nothing', async () => {
    await expect(mapConcurrently([], 4, () => Promise.resolve(1))).resolves.toEqual([]);
  });
});
