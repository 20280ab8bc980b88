import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { createMemoryTranscriptStore } from '../store/memory/memory-transcript-store.ts';
import type { SessionState, TranscriptStore } from '../store/transcript-store.ts';
import { Access } from './access.ts';
import { formatApiKey, hashKeySecret, newApiKey } from './api-key.ts';
import type { Identity } from './identity.ts';
import { KeyRing } from './key-ring.ts';
import { KeySessions } from './key-sessions.ts';
import type { KeyStore } from './key-store.ts';
import { createMemoryKeyStore, MemoryKeys } from './memory-key-store.ts';
import { SpeakerPass, type SpeakerPassParts } from './speaker-pass.ts';

const ROOM = 'room';
const CREDENTIALS = { secret: 's'.repeat(20), instance: 'i'.repeat(20) };

let keyStore: KeyStore;
let ring: KeyRing;
let transcripts: TranscriptStore;
let parts: SpeakerPassParts;
let id: string;
let token: string;
let identity: Identity;

beforeEach(async () => {
  keyStore = createMemoryKeyStore({ keys: new MemoryKeys() });
  ring = await KeyRing.open(keyStore);
  const keySessions = new KeySessions({ store: keyStore, maxSessions: 1, holdMs: 60_000 });
  const access = new Access({ accessKey: null, keys: ring, opens: true, keptForS: 60 });
  parts = { access, keySessions };
  ({ id, token } = await makeKey('reception'));
  await ring.refresh();
  identity = await access.identify(token);
  transcripts = createMemoryTranscriptStore();
  await transcripts.openRoom({ room: ROOM, offers: [], ownerSecret: 'o'.repeat(20) });
});
afterEach(async () => {
  parts.keySessions.stop();
  await ring.close();
});

async function makeKey(name: string): Promise<{ id: string; token: string }> {
  const key = newApiKey();
  await keyStore.create({
    id: key.id,
    secretHash: hashKeySecret(key.secret),
    name,
    scopes: ['speak'],
    limits: {},
    createdAtMs: Date.now(),
    expiresAtMs: null,
  });
  return { id: key.id, token: formatApiKey(key) };
}

const newPass = (revoked: (keyId: string) => void = () => {}) =>
  new SpeakerPass(parts, { token, identity }, revoked);

async function begin(pass: SpeakerPass, session: string): Promise<SessionState> {
  const place = { room: ROOM, session };
  const about = { language: 'en', speakerName: '' };
  const keyId = await pass.reserve(place);
  return await transcripts.createSession({ ...place, ...CREDENTIALS, ...about, keyId });
}

/** Sessions of the key that count just now. */
const counted = async () => (await keyStore.list())[0]?.sessions;

test('[INV4] a session counts before it begins, and no longer once it did not', async () => {
  const pass = newPass();
  const place = { room: ROOM, session: 'one' };
  const keyId = await pass.reserve(place);
  expect(keyId).toBe(id);
  expect(await counted()).toBe(1);
  const another = pass.reserve({ room: ROOM, session: 'two' });
  await expect(another).rejects.toMatchObject({ code: 'too_many_sessions' });
  await pass.forgo(keyId, place);
  expect(await counted()).toBe(0);
});

test('one that did not come to life is ended and does not count either', async () => {
  const pass = newPass();
  const state = await begin(pass, 'one');
  expect(await counted()).toBe(1);
  await pass.giveBack(state, 'newcomer', transcripts);
  expect(await counted()).toBe(0);
  const again = transcripts.takeSession({ room: ROOM, session: 'one', ...CREDENTIALS });
  await expect(again).rejects.toMatchObject({ code: 'session_ended' });
});

test('one that was to be resumed is left for another try', async () => {
  const pass = newPass();
  const state = await begin(pass, 'one');
  await pass.giveBack(state, 'resuming', transcripts);
  expect(await counted()).toBe(1);
  const other = { ...CREDENTIALS, instance: 'another-instance-01' };
  expect((await transcripts.takeSession({ room: ROOM, session: 'one', ...other })).keyId).toBe(id);
});

test.each([
  ['was stopped', null, 0],
  ['ended with its room', 'room_ended', 0],
  ['lost its connection', 'shutting_down', 1],
  ['fell silent', 'session_idle', 1],
] as const)('one that %s counts only where it can be resumed', async (_name, code, left) => {
  const pass = newPass();
  pass.goLive(await begin(pass, 'one'));
  pass.leave(code === null ? null : new AppError(code, 'Over.'));
  await expect.poll(counted).toBe(left);
  pass.close();
  expect(await counted()).toBe(left);
});

test('every key that a connection lives by ends it, and each is told of once', async () => {
  const revoked = vi.fn();
  const pass = newPass(revoked);
  pass.goLive(await begin(pass, 'one'));
  await keyStore.revoke(id, Date.now(), false);
  await ring.refresh();
  expect(revoked.mock.calls).toEqual([[id]]);
  const other = newPass();
  const taken = await transcripts.takeSession({ room: ROOM, session: 'one', ...CREDENTIALS });
  await expect(other.checkTaken(taken, transcripts)).rejects.toMatchObject({ code: 'key_revoked' });
  expect(await counted()).toBe(0);
});

test('which of two keys was revoked is told: that of the session, or only that of the connection', async () => {
  const revoked = vi.fn();
  const pass = newPass(revoked);
  const another = await makeKey('stage');
  await ring.refresh();
  pass.goLive({ ...(await begin(pass, 'one')), keyId: another.id });
  await keyStore.revoke(id, Date.now(), false);
  await ring.refresh();
  expect(revoked.mock.calls).toEqual([[id]]);
  await keyStore.revoke(another.id, Date.now(), false);
  await ring.refresh();
  expect(revoked.mock.calls).toEqual([[id], [another.id]]);
});

test('a connection that is gone hears of nothing any more', async () => {
  const revoked = vi.fn();
  const pass = newPass(revoked);
  pass.goLive(await begin(pass, 'one'));
  pass.close();
  await keyStore.revoke(id, Date.now(), false);
  await ring.refresh();
  expect(revoked).not.toHaveBeenCalled();
});
