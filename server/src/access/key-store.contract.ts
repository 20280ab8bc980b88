import { afterEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../shared/errors.ts';
import { newApiKey } from './api-key.ts';
import { type KeyStore, MAX_KEYS, type NewKey } from './key-store.ts';

/** Two nodes of one cluster; `advance` moves the clock that sessions are counted by. */
export interface KeyCluster {
  readonly a: KeyStore;
  readonly b: KeyStore;
  advance(ms: number): void;
}

const START_MS = 1_790_000_000_000;
const HOLD_MS = 10_000;
const place = (session: string) => ({ room: 'room', session });

function key(given: Partial<NewKey> = {}): NewKey {
  const { id } = newApiKey();
  return {
    id,
    secretHash: `hash-of-${id}`,
    name: id,
    scopes: ['speak', 'tokens'],
    limits: { maxSessions: 3 },
    createdAtMs: START_MS,
    expiresAtMs: null,
    ...given,
  };
}

async function codeOf(asked: Promise<unknown>): Promise<ErrorCode | null> {
  return await asked.then(
    () => null,
    (error: { code: ErrorCode }) => error.code,
  );
}

/** What every key store must do, seen from two nodes at once. */
export function keyStoreContract(openCluster: () => Promise<KeyCluster>): void {
  describe('keys', () => {
    const clusters: KeyCluster[] = [];
    const open = async (): Promise<KeyCluster> => {
      const cluster = await openCluster();
      clusters.push(cluster);
      return cluster;
    };
    afterEach(async () => {
      for (const { a, b } of clusters.splice(0)) await Promise.all([a.close(), b.close()]);
    });

    test('one that is made is known to every node, with all that was said of it', async () => {
      const { a, b } = await open();
      const made = key({ name: 'Großer Saal 2', expiresAtMs: START_MS + 1_000 });
      const { secretHash, ...known } = made;
      const record = { ...known, prefix: `parlance_${made.id}`, revokedAtMs: null };
      expect(await a.create(made)).toEqual(record);
      expect((await b.read(null))?.keys).toEqual([{ ...record, secretHash }]);
      expect(await b.list()).toEqual([{ ...record, lastUsedAtMs: null, sessions: 0 }]);
    });

    test('[INV7] nothing that is listed lets anybody in', async () => {
      const { a } = await open();
      const made = key();
      const told = JSON.stringify([
        await a.create(made),
        await a.list(),
        await a.revoke(made.id, START_MS, false),
        await a.list(),
      ]);
      expect(told).not.toContain(made.secretHash);
    });

    test('is read anew only after a change, and tells of each', async () => {
      const { a, b } = await open();
      const first = await a.read(null);
      expect(first?.keys).toEqual([]);
      expect(await a.read(first?.version ?? null)).toBeNull();
      const made = key();
      await b.create(made);
      const second = await a.read(first?.version ?? null);
      expect(second?.keys).toHaveLength(1);
      expect(await b.read(second?.version ?? null)).toBeNull();
      await b.revoke(made.id, START_MS, false);
      expect((await a.read(second?.version ?? null))?.keys[0]?.revokedAtMs).toBe(START_MS);
    });

    test('a change is heard on every node, until nobody listens', async () => {
      const { a, b } = await open();
      let heard = 0;
      let stopHearing = (): void => {};
      const news = new Promise<void>((resolve) => {
        stopHearing = a.onChange(() => {
          heard += 1;
          resolve();
        });
      });
      await b.create(key());
      await news;
      stopHearing();
      await b.create(key());
      // Whatever is on its way comes before the answer to this.
      await a.read(null);
      expect(heard).toBe(1);
    });

    test('every node signs with the same secret, whoever comes first', async () => {
      const { a, b } = await open();
      const [left, right] = await Promise.all([a.read(null), b.read(null)]);
      expect(left?.signingSecret).toMatch(/^[\w-]{43}$/);
      expect(right?.signingSecret).toBe(left?.signingSecret);
      await a.create(key());
      expect((await b.read(null))?.signingSecret).toBe(left?.signingSecret);
    });

    test('one that is revoked stays so, from the first time on', async () => {
      const { a, b } = await open();
      const { id } = await a.create(key());
      expect((await a.revoke(id, START_MS + 1, false)).revokedAtMs).toBe(START_MS + 1);
      expect((await b.revoke(id, START_MS + 2, false)).revokedAtMs).toBe(START_MS + 1);
      expect(await codeOf(a.revoke('0000000000', START_MS, false))).toBe('key_not_found');
    });

    test('of one that is forgotten nothing stays', async () => {
      const { a, b } = await open();
      const { id } = await a.create(key());
      await a.openSession(id, place('one'), 1, HOLD_MS);
      await a.revoke(id, START_MS, true);
      expect(await b.list()).toEqual([]);
      await b.noteUses(new Map([[id, START_MS]]));
      expect(await b.list()).toEqual([]);
      expect(await codeOf(b.revoke(id, START_MS, true))).toBe('key_not_found');
      expect(await codeOf(b.openSession(id, place('two'), 1, HOLD_MS))).toBeNull();
    });

    test('no two that hold have the same name', async () => {
      const { a, b } = await open();
      const first = await a.create(key({ name: 'hall', expiresAtMs: START_MS + 10 }));
      expect(await codeOf(b.create(key({ name: 'hall' })))).toBe('key_name_taken');
      expect(await codeOf(b.create(key({ id: first.id })))).toBe('key_name_taken');
      const later = { name: 'hall', createdAtMs: START_MS + 10 };
      const second = await b.create(key(later));
      await a.revoke(second.id, START_MS + 11, false);
      expect(await codeOf(b.create(key({ ...later, createdAtMs: START_MS + 12 })))).toBeNull();
    });

    test('[INV4] they are so many at the most; those whose time was over first give way', async () => {
      const { a } = await open();
      const made: string[] = [];
      for (let at = 0; at < MAX_KEYS; at += 1) {
        made.push((await a.create(key({ createdAtMs: START_MS + at }))).id);
      }
      const full = START_MS + MAX_KEYS;
      expect(await codeOf(a.create(key({ createdAtMs: full })))).toBe('too_many_keys');
      await a.revoke(made[7] ?? '', full + 2, false);
      await a.revoke(made[3] ?? '', full + 1, false);
      const { id } = await a.create(key({ createdAtMs: full + 3 }));
      const kept = (await a.list()).map((listed) => listed.id);
      expect(kept).toHaveLength(MAX_KEYS);
      expect(kept).not.toContain(made[3]);
      expect(kept).toContain(made[7]);
      expect(kept.at(-1)).toBe(id);
    });

    test('the last use counts, in whatever order it is told', async () => {
      const { a, b } = await open();
      const { id } = await a.create(key());
      await a.noteUses(new Map([[id, START_MS + 2]]));
      await b.noteUses(new Map([[id, START_MS + 1]]));
      await b.noteUses(new Map());
      expect((await a.list())[0]?.lastUsedAtMs).toBe(START_MS + 2);
    });

    test('[INV4] sessions are counted over all nodes, each for its time', async () => {
      const { a, b, advance } = await open();
      const { id } = await a.create(key());
      await a.openSession(id, place('one'), 2, HOLD_MS);
      advance(HOLD_MS / 2);
      await b.openSession(id, place('two'), 2, HOLD_MS);
      const refusal = await a.openSession(id, place('three'), 2, HOLD_MS).catch((error) => error);
      expect(refusal).toMatchObject({ code: 'too_many_sessions', retryable: true });
      expect(refusal.retryAfterMs).toBeGreaterThan(0);
      expect(refusal.retryAfterMs).toBeLessThanOrEqual(HOLD_MS / 2);
      expect((await b.list())[0]?.sessions).toBe(2);
      // One that counts already is no other one.
      expect(await codeOf(b.openSession(id, place('one'), 2, HOLD_MS / 2))).toBeNull();
      advance(HOLD_MS / 2);
      expect((await b.list())[0]?.sessions).toBe(1);
      expect(await codeOf(a.openSession(id, place('three'), 2, HOLD_MS))).toBeNull();
      await b.closeSession(id, place('two'));
      await b.closeSession(id, place('two'));
      expect((await a.list())[0]?.sessions).toBe(1);
    });

    test('sessions that live are held, beyond the limit too', async () => {
      const { a, b, advance } = await open();
      const { id } = await a.create(key());
      await a.openSession(id, place('one'), 1, HOLD_MS);
      advance(HOLD_MS - 1_000);
      await b.holdSessions(id, [place('one'), place('two')], HOLD_MS);
      advance(HOLD_MS - 1_000);
      expect((await a.list())[0]?.sessions).toBe(2);
      expect(await codeOf(a.openSession(id, place('three'), 1, HOLD_MS))).toBe('too_many_sessions');
    });
  });
}
