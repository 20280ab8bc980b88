import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../private-redis.ts';
import { transcriptStoreContract } from '../transcript-store.contract.ts';
import { createRedisTranscriptStore } from './redis-transcript-store.ts';

let folder: string;
let server: PrivateRedis;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-store-'));
  server = await startPrivateRedis({ dataFolder: folder });
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('over Redis', () => {
  transcriptStoreContract(async (limits = {}) => {
    const keyPrefix = `test-${randomBytes(6).toString('hex')}:`;
    let shiftMs = 0;
    const node = (nodeId: string) =>
      createRedisTranscriptStore({
        redis: server.options,
        nodeId,
        limits,
        keyPrefix,
        clockShiftMs: () => shiftMs,
      });
    const [a, b] = await Promise.all([node('a'), node('b')]);
    return {
      a,
      b,
      join: () => node('c'),
      advance: (ms) => {
        shiftMs += ms;
      },
    };
  }, 40);
});
