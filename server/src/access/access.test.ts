import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Access, type AccessOptions, keyOf } from './access.ts';
import { formatApiKey, hashKeySecret, newApiKey } from './api-key.ts';
import { may, SCOPES, type Scope, subjectOf } from './identity.ts';
import { KeyRing } from './key-ring.ts';
import { createMemoryKeyStore, MemoryKeys } from './memory-key-store.ts';
import { CLOCK_SKEW_S } from './room-tokens.ts';

const ACCESS_KEY = 'k'.repeat(32);
const DAY_S = 86_400;

let shared: MemoryKeys;
let ring: KeyRing;
beforeEach(async () => {
  vi.useFakeTimers({ now: new Date('2026-11-22T12:00:00Z'), toFake: ['Date'] });
  shared = new MemoryKeys();
  ring = await KeyRing.open(createMemoryKeyStore({ keys: shared }));
});
afterEach(async () => {
  await ring.close();
  vi.useRealTimers();
});

function access(options: Partial<AccessOptions> = {}): Access {
  return new Access({ accessKey: null, keys: ring, opens: true, keptForS: DAY_S, ...options });
}

async function makeKey(
  scopes: readonly Scope[] = ['speak', 'watch', 'tokens'],
  expiresAtMs: number | null = null,
): Promise<{ id: string; key: string }> {
  const made = newApiKey();
  await createMemoryKeyStore({ keys: shared }).create({
    id: made.id,
    secretHash: hashKeySecret(made.secret),
    name: made.id,
    scopes,
    limits: {},
    createdAtMs: Date.now(),
    expiresAtMs,
  });
  return { id: made.id, key: formatApiKey(made) };
}

async function revoke(id: string, forget = false): Promise<void> {
  await createMemoryKeyStore({ keys: shared }).revoke(id, Date.now(), forget);
  await ring.refresh();
}

/** The error of somebody who is refused, else 'ok'. */
async function fate(
  guard: Access,
  credential: string | undefined,
  scope: Scope,
  room: string,
): Promise<string> {
  const identity = await guard.identify(credential);
  try {
    guard.check(identity, scope, room);
    return 'ok';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('an open server', () => {
  test('lets everybody do everything, until there is a key', async () => {
    const open = access();
    for (const scope of SCOPES) expect(await fate(open, undefined, scope, 'room')).toBe('ok');
    expect(subjectOf(await open.identify('anything'))).toBeNull();
    expect(await open.watchToken(await open.identify(undefined), 'room')).toBeUndefined();
    const { key, id } = await makeKey();
    expect(open.keyRequired).toBe(true);
    expect(await fate(open, undefined, 'watch', 'room')).toBe('unauthorized');
    expect(await fate(open, key, 'speak', 'room')).toBe('ok');
    await revoke(id);
    expect(await fate(open, undefined, 'watch', 'room')).toBe('unauthorized');
    await revoke(id, true);
    expect(await fate(open, undefined, 'watch', 'room')).toBe('ok');
  });

  test('one that must not be open lets nobody in without a key, though there is none', async () => {
    const closed = access({ opens: false });
    expect(await fate(closed, undefined, 'speak', 'room')).toBe('unauthorized');
  });

  test('has nothing to sign a token with', async () => {
    const open = access();
    const asked = open.issue(await open.identify(undefined), {
      ...{ room: 'room', role: 'watch' },
      seconds: 60,
    });
    await expect(asked).rejects.toMatchObject({ code: 'keys_required' });
  });
});

describe('ACCESS_KEY', () => {
  test('may do everything; a wrong or missing one nothing', async () => {
    const guard = access({ accessKey: ACCESS_KEY });
    for (const scope of SCOPES) expect(await fate(guard, ACCESS_KEY, scope, 'any')).toBe('ok');
    for (const wrong of [undefined, '', ACCESS_KEY.slice(1), `${ACCESS_KEY}x`, 'a.b.c']) {
      for (const scope of SCOPES) {
        expect(await fate(guard, wrong, scope, 'any')).toBe('unauthorized');
      }
    }
  });

  test("a room's watch token watches its own room and nothing else, and not for ever", async () => {
    const guard = access({ accessKey: ACCESS_KEY });
    const token = await guard.watchToken(await guard.identify(ACCESS_KEY), 'lecture');
    const watching = await guard.identify(token);
    for (const scope of SCOPES) expect(may(watching, scope)).toBe(scope === 'watch');
    expect(await fate(guard, token, 'watch', 'lecture')).toBe('ok');
    expect(await fate(guard, token, 'watch', 'other')).toBe('forbidden');
    vi.setSystemTime(Date.now() + 8 * DAY_S * 1000);
    expect(await fate(guard, token, 'watch', 'lecture')).toBe('ok');
    vi.setSystemTime(Date.now() + 8 * DAY_S * 1000);
    expect(await fate(guard, token, 'watch', 'lecture')).toBe('token_expired');
  });

  test('its watch tokens are the same after a restart, and tell nothing that a guess could be held against', async () => {
    const before = access({ accessKey: ACCESS_KEY });
    const token = await before.watchToken(await before.identify(ACCESS_KEY), 'lecture');
    const again = await KeyRing.open(createMemoryKeyStore({ keys: shared }));
    const after = access({ accessKey: ACCESS_KEY, keys: again });
    expect(await after.watchToken(await after.identify(ACCESS_KEY), 'lecture')).toBe(token);
    await again.close();
    // With the same key, room and time, but without the cluster's own secret, it is another one.
    const elsewhere = await KeyRing.open(createMemoryKeyStore({ keys: new MemoryKeys() }));
    const other = access({ accessKey: ACCESS_KEY, keys: elsewhere });
    expect(await other.watchToken(await other.identify(ACCESS_KEY), 'lecture')).not.toBe(token);
    expect(await fate(other, token, 'watch', 'lecture')).toBe('unauthorized');
    await elsewhere.close();
  });

  test('tokens in its name fall with it, and with another one', async () => {
    const guard = access({ accessKey: ACCESS_KEY });
    const identity = await guard.identify(ACCESS_KEY);
    const { token } = await guard.issue(identity, { room: 'r', role: 'speak', seconds: 60 });
    expect(await fate(guard, token, 'speak', 'r')).toBe('ok');
    const speaker = await guard.identify(token);
    expect(await guard.watchToken(speaker, 'r')).toBe(await guard.watchToken(identity, 'r'));
    const changed = access({ accessKey: 'another'.repeat(4) });
    expect(await fate(changed, token, 'speak', 'r')).toBe('unauthorized');
    const without = access({ opens: false });
    expect(await fate(without, token, 'speak', 'r')).toBe('unauthorized');
  });
});

describe('a key', () => {
  test.each(SCOPES)('with the scope %s may do that; who speaks may read along', async (scope) => {
    const guard = access();
    const { key } = await makeKey([scope]);
    for (const asked of SCOPES) {
      const allowed = asked === scope || (scope === 'speak' && asked === 'watch');
      expect(await fate(guard, key, asked, 'room')).toBe(allowed ? 'ok' : 'forbidden');
    }
  });

  test('needs all of its secret', async () => {
    const guard = access();
    const { key, id } = await makeKey();
    const other = await makeKey();
    const forged = `parlance_${id}_${other.key.slice(-43)}`;
    for (const wrong of [
      forged,
      key.slice(0, -1),
      `${key}=`,
      `parlance_0000000000_${key.slice(-43)}`,
    ]) {
      expect(await fate(guard, wrong, 'speak', 'room')).toBe('unauthorized');
    }
    expect(subjectOf(await guard.identify(key))).toBe(`key:${id}`);
  });

  test('that is revoked, or whose time is over, is refused by name', async () => {
    const guard = access();
    const revoked = await makeKey();
    await revoke(revoked.id);
    expect(await fate(guard, revoked.key, 'speak', 'room')).toBe('key_revoked');
    const short = await makeKey(['speak'], Date.now() + 1000);
    expect(await fate(guard, short.key, 'speak', 'room')).toBe('ok');
    vi.setSystemTime(Date.now() + 1000);
    expect(await fate(guard, short.key, 'speak', 'room')).toBe('key_expired');
    expect((await guard.identify(short.key)).kind).toBe('expired');
    expect(await guard.isRevoked(short.id)).toBe(false);
    expect(await guard.isRevoked(revoked.id)).toBe(true);
  });

  test('that nobody knows yet is looked for; one of a store that is away is not called wrong', async () => {
    const guard = access();
    await makeKey();
    shared.hasNews = false;
    const { key } = await makeKey();
    expect(await fate(guard, key, 'speak', 'room')).toBe('ok');
    const unseen = await makeKey();
    shared.available = false;
    expect(await fate(guard, unseen.key, 'speak', 'room')).toBe('store_unavailable');
    expect(await fate(guard, key, 'speak', 'room')).toBe('ok');
  });

  test('[INV7] no identity and no refusal carries a secret or its hash', async () => {
    const guard = access();
    const { key } = await makeKey();
    const secret = key.slice(-43);
    for (const credential of [key, `${key.slice(0, -1)}x`, 'parlance_x', `${key}.b.c`]) {
      const told = JSON.stringify(await guard.identify(credential));
      expect(told).not.toContain(secret.slice(0, 20));
      expect(told).not.toContain(hashKeySecret(secret));
    }
  });
});

describe('a room token', () => {
  async function issued(role: 'speak' | 'watch', seconds = 60) {
    const guard = access({ opens: false });
    const { key, id } = await makeKey();
    const made = await guard.issue(await guard.identify(key), { room: 'room', role, seconds });
    return { guard, id, ...made };
  }

  test('to watch can not speak; one to speak also watches; neither fits another room', async () => {
    const watching = await issued('watch');
    expect(await fate(watching.guard, watching.token, 'watch', 'room')).toBe('ok');
    expect(await fate(watching.guard, watching.token, 'speak', 'room')).toBe('forbidden');
    const speaking = await issued('speak');
    for (const scope of ['speak', 'watch'] as const) {
      expect(await fate(speaking.guard, speaking.token, scope, 'room')).toBe('ok');
      expect(await fate(speaking.guard, speaking.token, scope, 'other')).toBe('forbidden');
    }
    for (const scope of ['tokens', 'operate'] as const) {
      expect(await fate(speaking.guard, speaking.token, scope, 'room')).toBe('forbidden');
    }
  });

  test('runs out, a little later than it says for clocks that differ', async () => {
    const { guard, token, expiresAtMs } = await issued('speak', 60);
    expect(expiresAtMs).toBe(Date.now() + 60_000);
    vi.setSystemTime(expiresAtMs + (CLOCK_SKEW_S - 1) * 1000);
    expect(await fate(guard, token, 'speak', 'room')).toBe('ok');
    vi.setSystemTime(expiresAtMs + CLOCK_SKEW_S * 1000);
    expect(await fate(guard, token, 'speak', 'room')).toBe('token_expired');
    const identity = await guard.identify(token);
    expect(identity.kind === 'expired' && may(identity.of, 'speak', 'room')).toBe(true);
  });

  test('falls with its key, and with a cluster that has another secret', async () => {
    const { guard, token, id } = await issued('speak');
    const elsewhere = new MemoryKeys();
    for (const [name, key] of shared.keys) elsewhere.keys.set(name, key);
    const other = await KeyRing.open(createMemoryKeyStore({ keys: elsewhere }));
    expect(await fate(access({ keys: other }), token, 'speak', 'room')).toBe('unauthorized');
    await other.close();
    await revoke(id);
    expect(await fate(guard, token, 'speak', 'room')).toBe('key_revoked');
    await revoke(id, true);
    expect(await fate(guard, token, 'speak', 'room')).toBe('unauthorized');
  });

  test('lives no longer than its key', async () => {
    const guard = access();
    const { key } = await makeKey(['speak', 'tokens'], Date.now() + 30_000);
    const identity = await guard.identify(key);
    const { expiresAtMs } = await guard.issue(identity, { room: 'r', role: 'speak', seconds: 60 });
    expect(expiresAtMs).toBe(Date.now() + 30_000);
  });

  test('counts as one, however its signature is written', async () => {
    const { guard, token } = await issued('speak');
    const subject = subjectOf(await guard.identify(token));
    expect(subject).toMatch(/^token:/);
    for (const variant of respelled(token)) {
      const identity = await guard.identify(variant);
      expect(identity.kind === 'stranger' || subjectOf(identity) === subject, variant).toBe(true);
    }
    for (const variant of [`${token}=`, `${token} `, `${token}\t`, token.replace('.', ' .')]) {
      expect((await guard.identify(variant)).kind).toBe('stranger');
    }
  });

  test('is made by a key for tokens that may do the same itself, and by no token', async () => {
    const guard = access();
    const ask = async (credential: string, role: 'speak' | 'watch') =>
      await guard
        .issue(await guard.identify(credential), { room: 'r', role, seconds: 60 })
        .then(() => 'ok')
        .catch((error: { code: string }) => error.code);
    const watcher = await makeKey(['watch', 'tokens']);
    expect(await ask(watcher.key, 'watch')).toBe('ok');
    expect(await ask(watcher.key, 'speak')).toBe('forbidden');
    const speaker = await makeKey(['speak']);
    expect(await ask(speaker.key, 'speak')).toBe('forbidden');
    const { token } = await issued('speak');
    expect(await ask(token, 'speak')).toBe('forbidden');
  });

  test.each([
    ['no signature', (token: string) => `${token.split('.').slice(0, 2).join('.')}.`],
    ['another room', (token: string) => withClaims(token, { room: 'other' })],
    ['another role', (token: string) => withClaims(token, { role: 'speak' })],
    ['a later end', (token: string) => withClaims(token, { exp: 9_999_999_999 })],
    ['no algorithm', (token: string) => withHeader(token, { alg: 'none' })],
    ["another key's name", (token: string) => withHeader(token, { kid: 'access-key' })],
    ['a key that is a path', (token: string) => withHeader(token, { kid: '../../etc/passwd' })],
    ['a key that is no text', (token: string) => withHeader(token, { kid: { $ne: '' } })],
  ])('forged with %s is refused', async (_name, forge) => {
    const { token } = await issued('watch');
    const guard = access({ accessKey: ACCESS_KEY });
    expect(await fate(guard, token, 'watch', 'room')).toBe('ok');
    for (const scope of ['speak', 'watch'] as const) {
      expect(await fate(guard, forge(token), scope, 'room')).toBe('unauthorized');
    }
  });
});

describe('what a viewer comes back with', () => {
  test('lasts a day, watches the same room only, falls with the key, and is not renewed', async () => {
    const guard = access({ opens: false });
    const { key, id } = await makeKey();
    const identity = await guard.identify(key);
    for (const role of ['speak', 'watch'] as const) {
      const { token } = await guard.issue(identity, { room: 'room', role, seconds: 60 });
      const back = await guard.returnToken(await guard.identify(token));
      expect(await fate(guard, back, 'watch', 'room')).toBe('ok');
      expect(await fate(guard, back, 'watch', 'other')).toBe('forbidden');
      expect(await fate(guard, back, 'speak', 'room')).toBe('forbidden');
      vi.setSystemTime(Date.now() + 23 * 3_600_000);
      expect(await fate(guard, token, 'watch', 'room')).toBe('token_expired');
      const returned = await guard.identify(back);
      expect(await guard.returnToken(returned)).toBeUndefined();
      vi.setSystemTime(Date.now() + 3_700_000);
      expect(await fate(guard, back, 'watch', 'room')).toBe('token_expired');
    }
    const { token } = await guard.issue(identity, { room: 'room', role: 'watch', seconds: 60 });
    const back = await guard.returnToken(await guard.identify(token));
    await revoke(id);
    expect(await fate(guard, back, 'watch', 'room')).toBe('key_revoked');
  });

  test('is not needed with a key, a lasting link, or without keys at all', async () => {
    const guard = access();
    expect(await guard.returnToken(await guard.identify(undefined))).toBeUndefined();
    const { key } = await makeKey();
    const identity = await guard.identify(key);
    expect(await guard.returnToken(identity)).toBeUndefined();
    const link = await guard.watchToken(identity, 'room');
    expect(await guard.returnToken(await guard.identify(link))).toBeUndefined();
    const operator = access({ accessKey: ACCESS_KEY });
    const watch = await operator.watchToken(await operator.identify(ACCESS_KEY), 'room');
    expect(await operator.returnToken(await operator.identify(watch))).toBeUndefined();
  });
});

describe("a session's link for its readers", () => {
  test('watches, falls with the key, and stays the same for a while', async () => {
    const guard = access();
    const { key, id } = await makeKey(['speak', 'tokens']);
    const identity = await guard.identify(key);
    const link = await guard.watchToken(identity, 'room');
    const { token } = await guard.issue(identity, { room: 'room', role: 'speak', seconds: 60 });
    expect(await guard.watchToken(await guard.identify(token), 'room')).toBe(link);
    expect(await guard.watchToken(identity, 'other')).not.toBe(link);
    // A speaker whose token has run out is still there, and so are the readers.
    vi.setSystemTime(Date.now() + 8 * DAY_S * 1000);
    expect(await fate(guard, link, 'watch', 'room')).toBe('ok');
    expect(await fate(guard, link, 'speak', 'room')).toBe('forbidden');
    vi.setSystemTime(Date.now() + 8 * DAY_S * 1000);
    expect(await fate(guard, link, 'watch', 'room')).toBe('token_expired');
    await revoke(id);
    expect(await fate(guard, link, 'watch', 'room')).toBe('key_revoked');
  });

  test('every way in leads back to its key', async () => {
    const guard = access();
    const { key, id } = await makeKey();
    const identity = await guard.identify(key);
    const { token } = await guard.issue(identity, { room: 'r', role: 'watch', seconds: 60 });
    expect(keyOf(await guard.identify(token))?.id).toBe(id);
    expect(keyOf(await guard.identify('nothing'))).toBeNull();
  });
});

/** The same signature with other spare bits in its last letter, and one with other bits that count. */
function respelled(token: string): string[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return [...alphabet].map((letter) => token.slice(0, -1) + letter);
}

function withClaims(token: string, changes: object): string {
  const [head, body = '', signature] = token.split('.');
  return [head, recoded(body, changes), signature].join('.');
}

function withHeader(token: string, changes: object): string {
  const [head = '', body, signature] = token.split('.');
  return [recoded(head, changes), body, signature].join('.');
}

function recoded(part: string, changes: object): string {
  const known: object = JSON.parse(Buffer.from(part, 'base64url').toString());
  return Buffer.from(JSON.stringify({ ...known, ...changes })).toString('base64url');
}
