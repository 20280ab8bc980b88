import { expect, test } from 'vitest';
import { CleanUps } from './clean-ups.ts';

test('everything is undone, last first, once, even when a part of it fails', async () => {
  const done: string[] = [];
  const cleanUps = new CleanUps();
  cleanUps.add(() => {
    done.push('first');
  });
  cleanUps.add(() => Promise.reject(new Error('stuck')));
  cleanUps.add(() => {
    done.push('last');
  });
  await expect(cleanUps.run()).rejects.toThrow('stuck');
  await expect(cleanUps.run()).rejects.toThrow('stuck');
  expect(done).toEqual(['last', 'first']);
});
