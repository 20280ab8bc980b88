import { describe } from 'vitest';
import { keyStoreContract } from './key-store.contract.ts';
import { createMemoryKeyStore, MemoryKeys } from './memory-key-store.ts';

describe('in memory', () => {
  keyStoreContract(() => {
    const keys = new MemoryKeys();
    let shiftMs = 0;
    const node = () => createMemoryKeyStore({ keys, clockShiftMs: () => shiftMs });
    return Promise.resolve({
      a: node(),
      b: node(),
      advance: (ms) => {
        shiftMs += ms;
      },
    });
  });
});
