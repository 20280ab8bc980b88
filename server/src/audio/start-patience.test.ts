import { expect, test } from 'vitest';
import { START_TIMEOUT_MS } from '../../../client/src/live/wire.ts';
import { readSettings } from '../config/settings.ts';
import { DECODER_WAIT_MS } from './decoder-pool.ts';

test('a client waits for its start until the server itself would say that it takes too long', () => {
  expect(START_TIMEOUT_MS).toBeGreaterThan(readSettings({}).SLOT_WAIT_MS + DECODER_WAIT_MS);
});
