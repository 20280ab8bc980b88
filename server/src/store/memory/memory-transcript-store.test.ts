import { describe } from 'vitest';
import { transcriptStoreContract } from '../transcript-store.contract.ts';
import { MemoryRecords } from './memory-records.ts';
import { createMemoryTranscriptStore } from './memory-transcript-store.ts';

describe('in memory', () => {
  transcriptStoreContract(async (limits = {}) => {
    const records = new MemoryRecords();
    let shiftMs = 0;
    const node = (nodeId: string) =>
      createMemoryTranscriptStore({ records, nodeId, limits, clockShiftMs: () => shiftMs });
    return {
      a: node('a'),
      b: node('b'),
      join: async () => node('c'),
      advance: (ms) => {
        shiftMs += ms;
      },
    };
  }, 200);
});
