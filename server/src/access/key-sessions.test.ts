import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ACCESS_KEY_ID, type KeyRecord } from './identity.ts';
import { HOLD_INTERVAL_MS, KeySessions } from './key-sessions.ts';
import { createMemoryKeyStore, MemoryKeys } from './memory-key-store.ts';

const HOLD_MS = 30_000;
const KEY: KeyRecord = {
  id: 'a1b2c3d4e5',
  name: 'reception',
  prefix: 'parlance_a1b2c3d4e5',
  scopes: ['speak'],
  limits: {},
  createdAtMs: 0,
  expiresAtMs: null,
  revokedAtMs: null,
};

let shared: MemoryKeys;
let nodes: KeySessions[];
beforeEach(() => {
  vi.useFakeTimers();
  shared = new MemoryKeys();
  nodes = [];
});
afterEach(() => {
  for (const node of nodes) node.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function node(maxSessions = 2): KeySessions {
  const store = createMemoryKeyStore({ keys: shared });
  const made = new KeySessions({ store, maxSessions, holdMs: HOLD_MS });
  nodes.push(made);
  return made;
}

const place = (session: string) => ({ room: 'room', session });
const refusedBy = async (sessions: KeySessions, session: string, key = KEY) =>
  await sessions.open(key, place(session)).then(
    () => null,
    (error: { code: string; retryAfterMs: number }) => error,
  );

test('[INV4] a key has at most so many sessions, wherever they live', async () => {
  const [a, b] = [node(), node()];
  for (const [each, session] of [
    [a, 'one'],
    [b, 'two'],
  ] as const) {
    await each.open(KEY, place(session));
    each.hold(KEY.id, place(session));
  }
  for (const each of [a, b]) {
    const error = await refusedBy(each, 'three');
    expect(error?.code).toBe('too_many_sessions');
    expect(error?.retryAfterMs).toBeGreaterThan(0);
  }
  await a.close(KEY.id, place('one'));
  expect(await refusedBy(b, 'three')).toBeNull();
});

test('a number of its own counts more than the usual one; the operator has none', async () => {
  const a = node(1);
  const wide = { ...KEY, limits: { maxSessions: 2 } };
  for (const session of ['one', 'two']) expect(await refusedBy(a, session, wide)).toBeNull();
  expect((await refusedBy(a, 'three', wide))?.code).toBe('too_many_sessions');
  const operator = { ...KEY, id: ACCESS_KEY_ID };
  for (let at = 0; at < 5; at += 1) expect(await refusedBy(a, `${at}`, operator)).toBeNull();
});

test('what lives goes on counting, and what a dead node had does so for a limited time', async () => {
  const [a, b] = [node(1), node(1)];
  await a.open(KEY, place('one'));
  a.hold(KEY.id, place('one'));
  await vi.advanceTimersByTimeAsync(10 * HOLD_MS);
  expect((await refusedBy(b, 'two'))?.code).toBe('too_many_sessions');
  a.stop();
  await vi.advanceTimersByTimeAsync(HOLD_MS - HOLD_INTERVAL_MS);
  expect((await refusedBy(b, 'two'))?.code).toBe('too_many_sessions');
  await vi.advanceTimersByTimeAsync(HOLD_INTERVAL_MS);
  expect(await refusedBy(b, 'two')).toBeNull();
});

test('a session that was left counts as long as it may be resumed; one that is resumed is never refused', async () => {
  const [a, b] = [node(1), node(1)];
  await a.open(KEY, place('one'));
  a.hold(KEY.id, place('one'));
  a.letGo(KEY.id, place('one'));
  expect((await refusedBy(b, 'two'))?.code).toBe('too_many_sessions');
  await vi.advanceTimersByTimeAsync(HOLD_MS);
  await b.open(KEY, place('two'));
  b.hold(KEY.id, place('two'));
  b.hold(KEY.id, place('one'));
  await vi.advanceTimersByTimeAsync(0);
  expect((await createMemoryKeyStore({ keys: shared }).list()).length).toBe(0);
  expect(shared.sessions.get(KEY.id)?.size).toBe(2);
});

test('what the store did not hear is said again', async () => {
  const a = node(1);
  shared.available = false;
  a.hold(KEY.id, place('one'));
  await vi.advanceTimersByTimeAsync(HOLD_INTERVAL_MS);
  shared.available = true;
  await vi.advanceTimersByTimeAsync(HOLD_INTERVAL_MS);
  expect((await refusedBy(a, 'two'))?.code).toBe('too_many_sessions');
});
