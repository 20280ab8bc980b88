import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { formatApiKey, hashKeySecret, newApiKey, parseApiKey } from './api-key.ts';
import { KEY_POLL_MS, KeyRing } from './key-ring.ts';
import { USE_GRAIN_MS } from './key-store.ts';
import { createMemoryKeyStore, MemoryKeys } from './memory-key-store.ts';

let shared: MemoryKeys;
let ring: KeyRing;
const store = () => createMemoryKeyStore({ keys: shared });

beforeEach(async () => {
  vi.useFakeTimers();
  shared = new MemoryKeys();
  ring = await KeyRing.open(store());
});
afterEach(async () => {
  await ring.close();
  expect(vi.getTimerCount()).toBe(0);
  expect(shared.listeners.size).toBe(0);
  vi.useRealTimers();
});

async function makeKey(): Promise<{ id: string; secret: string }> {
  const key = newApiKey();
  await store().create({
    id: key.id,
    secretHash: hashKeySecret(key.secret),
    name: key.id,
    scopes: ['speak'],
    limits: {},
    createdAtMs: Date.now(),
    expiresAtMs: null,
  });
  return key;
}

test('knows every key, and only by its secret', async () => {
  expect(ring.isEmpty).toBe(true);
  const key = await makeKey();
  expect(await ring.match(key)).toMatchObject({ id: key.id });
  expect(await ring.match({ ...key, secret: newApiKey().secret })).toBeNull();
  expect(await ring.match(newApiKey())).toBeNull();
  expect(parseApiKey(formatApiKey(key))).toEqual(key);
  expect(ring.isEmpty).toBe(false);
});

test('hears of a revoked key at once', async () => {
  const { id } = await makeKey();
  await ring.refresh();
  const gone = vi.fn();
  ring.guard(id, gone);
  await store().revoke(id, Date.now(), false);
  await vi.advanceTimersByTimeAsync(0);
  expect(gone).toHaveBeenCalledTimes(1);
});

test('finds a revoked key by itself where the news of it was lost, within half a second', async () => {
  const { id } = await makeKey();
  await ring.refresh();
  shared.hasNews = false;
  const gone = vi.fn();
  const other = vi.fn();
  ring.guard(id, gone);
  ring.guard(id, other)();
  await store().revoke(id, Date.now(), false);
  await vi.advanceTimersByTimeAsync(KEY_POLL_MS);
  expect(gone).toHaveBeenCalledTimes(1);
  expect(other).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(10 * KEY_POLL_MS);
  expect(gone).toHaveBeenCalledTimes(1);
});

test('a key that is forgotten counts as revoked, and so does one that was never there', async () => {
  const { id } = await makeKey();
  await ring.refresh();
  const gone = vi.fn();
  ring.guard(id, gone);
  ring.guard('0000000000', gone);
  await store().revoke(id, Date.now(), true);
  await vi.advanceTimersByTimeAsync(0);
  expect(gone).toHaveBeenCalledTimes(2);
});

test('while the store is away, what was known holds on; then what changed is found', async () => {
  const key = await makeKey();
  await ring.refresh();
  shared.available = false;
  await vi.advanceTimersByTimeAsync(3 * KEY_POLL_MS);
  expect(await ring.match(key)).toMatchObject({ id: key.id });
  await expect(ring.find('0000000000')).rejects.toMatchObject({ code: 'store_unavailable' });
  shared.available = true;
  shared.hasNews = false;
  const gone = vi.fn();
  ring.guard(key.id, gone);
  await store().revoke(key.id, Date.now(), false);
  await vi.advanceTimersByTimeAsync(KEY_POLL_MS);
  expect(gone).toHaveBeenCalledTimes(1);
});

test('does not start without having seen the keys', async () => {
  shared.available = false;
  await expect(KeyRing.open(store())).rejects.toMatchObject({ code: 'store_unavailable' });
  shared.available = true;
});

test('tells coarsely and seldom when a key was used', async () => {
  const { id } = await makeKey();
  await ring.refresh();
  const lastUsed = async () => (await store().list())[0]?.lastUsedAtMs;
  ring.used(id);
  expect(await lastUsed()).toBeNull();
  await vi.advanceTimersByTimeAsync(USE_GRAIN_MS + KEY_POLL_MS);
  const first = (await lastUsed()) ?? Number.NaN;
  expect(first % USE_GRAIN_MS).toBe(0);
  await vi.advanceTimersByTimeAsync(USE_GRAIN_MS);
  ring.used(id);
  shared.available = false;
  await vi.advanceTimersByTimeAsync(USE_GRAIN_MS + KEY_POLL_MS);
  shared.available = true;
  await ring.close();
  // What could not be told then is told at the end.
  expect(await lastUsed()).toBeGreaterThan(first);
});

test('says at its end what it had not said yet', async () => {
  const { id } = await makeKey();
  await ring.refresh();
  ring.used(id);
  await ring.close();
  expect((await store().list())[0]?.lastUsedAtMs).not.toBeNull();
});
