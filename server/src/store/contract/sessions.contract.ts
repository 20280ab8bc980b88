import { describe, expect, test } from 'vitest';
import {
  closingClusters,
  entriesOf,
  expectRefusal,
  final,
  type OpenCluster,
  OTHER_INSTANCE,
  OWNER_SECRET,
  ROOM,
  speak,
  speaking,
} from './cluster.contract.ts';

export function sessionsContract(openCluster: OpenCluster): void {
  describe('sessions', () => {
    const open = closingClusters(openCluster);

    test('a session begins with epoch 1 and says so in the record', async () => {
      const { a, b } = await open();
      const { key, ackedSeq, nextSegment, language, speakerName } = await speak(a);
      expect({ epoch: key.epoch, ackedSeq, nextSegment, language, speakerName }).toEqual({
        epoch: 1,
        ackedSeq: 0,
        nextSegment: 0,
        language: 'en',
        speakerName: 'Ada',
      });
      const speaker = { session: key.session, name: 'Ada', language: 'en', live: true };
      expect(await entriesOf(b)).toMatchObject([{ type: 'speaker', speaker }]);
    });

    test('a session needs its room', async () => {
      const { a } = await open();
      await expectRefusal(a.createSession(speaking()), 'room_not_found');
      await expectRefusal(a.takeSession(speaking()), 'session_not_found');
    });

    test('[R1] a creation whose answer was lost may be repeated, by that client alone', async () => {
      const { a, b } = await open();
      const { request } = await speak(a);
      expect((await b.createSession(request)).key.epoch).toBe(2);
      await expectRefusal(
        a.createSession({ ...request, instance: OTHER_INSTANCE }),
        'session_taken',
      );
      await expectRefusal(a.createSession({ ...request, secret: 'x'.repeat(20) }), 'session_taken');
      expect(await entriesOf(b)).toHaveLength(1);
    });

    test('[R2] [INV1] the same client instance takes its session over at once, with its state', async () => {
      const { a, b } = await open();
      const { key, request } = await speak(a);
      await a.storeFinal(key, final(key.session, 0), []);
      await a.advanceAck(key, 130, 'what was heard');
      expect(await b.takeSession(request)).toEqual({
        key: { ...key, epoch: 2 },
        language: 'en',
        speakerName: 'Ada',
        ackedSeq: 130,
        nextSegment: 1,
        detectorMemory: 'what was heard',
        keyId: '',
      });
    });

    test('a session remembers the key that it began with, on whatever node it goes on', async () => {
      const { a, b } = await open();
      const { keyId, request } = await speak(a, { keyId: 'a1b2c3d4e5' });
      expect(keyId).toBe('a1b2c3d4e5');
      expect((await b.takeSession(request)).keyId).toBe('a1b2c3d4e5');
    });

    test('[R2] another instance waits for the lease, and is told how long', async () => {
      const { a, b, advance } = await open({ leaseMs: 60_000 });
      const { key, request } = await speak(a);
      const other = { ...request, instance: OTHER_INSTANCE };
      const refusal = await b.takeSession(other).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'session_taken' });
      const { retryAfterMs } = refusal as { retryAfterMs: number };
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThanOrEqual(60_000);
      advance(40_000);
      expect(await a.renewLease(key)).toBe(true);
      advance(40_000);
      await expectRefusal(b.takeSession(other), 'session_taken');
      advance(20_001);
      expect((await b.takeSession(other)).key.epoch).toBe(2);
      await expectRefusal(a.takeSession(request), 'session_taken');
    });

    test('[R2] a lease that is let go is nobody’s at once', async () => {
      const { a, b } = await open();
      const { key, request } = await speak(a);
      await a.releaseLease(key);
      const taken = await b.takeSession({ ...request, instance: OTHER_INSTANCE });
      await a.releaseLease(key);
      await expectRefusal(a.takeSession(request), 'session_taken');
      expect(await b.renewLease(taken.key)).toBe(true);
    });

    test('the secret decides, not the name', async () => {
      const { a, b } = await open();
      const { key, request } = await speak(a);
      await a.releaseLease(key);
      await expectRefusal(
        b.takeSession({ ...request, secret: 'guessed-guessed-guessed' }),
        'session_not_found',
      );
      expect(await a.renewLease(key)).toBe(true);
    });

    test('[R2] whether a session may be taken over is told beforehand, and changes nothing', async () => {
      const { a, b, advance } = await open({ leaseMs: 60_000 });
      await expectRefusal(b.checkSession(speaking()), 'session_not_found');
      const { key, request } = await speak(a);
      await b.checkSession(request);
      const other = { ...request, instance: OTHER_INSTANCE };
      await expectRefusal(b.checkSession(other), 'session_taken');
      const guessed = { ...request, secret: 'guessed-guessed-guessed' };
      await expectRefusal(b.checkSession(guessed), 'session_not_found');
      // The lease was not put off, no epoch was given away and nobody else owns it.
      advance(60_001);
      await b.checkSession(other);
      await a.storeFinal(key, final(key.session, 0), []);
      expect(await a.renewLease(key)).toBe(true);
      expect(await entriesOf(b)).toHaveLength(2);
      await a.endSession(key);
      await expectRefusal(b.checkSession(request), 'session_ended');
      await a.endRoom(ROOM, OWNER_SECRET, false);
      await expectRefusal(b.checkSession(request), 'room_ended');
    });

    test('[R3] [INV2] an old epoch can store nothing', async () => {
      const { a, b } = await open();
      const { key, request } = await speak(a);
      const taken = await b.takeSession(request);
      await expectRefusal(a.storeFinal(key, final(key.session, 0), ['es']), 'session_fenced');
      await expectRefusal(a.advanceAck(key, 50), 'session_fenced');
      await expectRefusal(
        a.storeGap(key, { session: key.session, fromSeq: 0, toSeq: 10 }),
        'session_fenced',
      );
      await expectRefusal(a.endSession(key), 'session_fenced');
      expect(await a.renewLease(key)).toBe(false);
      await a.releaseLease(key);
      expect(await entriesOf(b)).toHaveLength(1);
      expect(await b.takeSession(request)).toMatchObject({
        ackedSeq: taken.ackedSeq,
        nextSegment: 0,
      });
    });

    test('[R3] [INV2] an epoch that nobody was given can store nothing either', async () => {
      const { a } = await open();
      const { key } = await speak(a);
      const forged = { ...key, epoch: 7 };
      await expectRefusal(a.storeFinal(forged, final(key.session, 0), []), 'session_fenced');
      await expectRefusal(
        a.advanceAck({ ...key, session: 'no-such-session' }, 1),
        'session_not_found',
      );
    });

    test('[R3] an owner whose lease ran out goes on while nobody took the session', async () => {
      const { a, advance } = await open({ leaseMs: 1_000 });
      const { key } = await speak(a);
      advance(5_000);
      await a.storeFinal(key, final(key.session, 0), []);
      expect(await a.renewLease(key)).toBe(true);
    });

    test('a session ends once, and stays over', async () => {
      const { a, b } = await open();
      const { key, request } = await speak(a);
      await a.endSession(key);
      await a.endSession(key);
      await b.endSession({ ...key, epoch: 9 });
      expect((await entriesOf(b)).slice(1)).toMatchObject([
        { type: 'speaker', speaker: { session: key.session, live: false } },
      ]);
      await expectRefusal(b.takeSession(request), 'session_ended');
      await expectRefusal(a.storeFinal(key, final(key.session, 0), []), 'session_ended');
      expect(await a.renewLease(key)).toBe(false);
    });

    test('[INV4] a room remembers so many sessions and forgets ended ones first', async () => {
      const { a } = await open({ maxSessionsPerRoom: 2 });
      const first = await speak(a);
      await speak(a);
      await expectRefusal(a.createSession(speaking()), 'room_full');
      await a.endSession(first.key);
      await a.createSession(speaking({ speakerName: 'Third' }));
      expect((await a.readRoom(ROOM))?.speakers.map(({ name }) => name)).toEqual(['Ada', 'Third']);
      await expectRefusal(a.takeSession(first.request), 'session_not_found');
    });
  });

  describe('the reaper', () => {
    const open = closingClusters(openCluster);
    const limits = { leaseMs: 10_000 };
    const graceMs = 60_000;

    test('[R15] a session without a lease for longer than the grace time ends once', async () => {
      const { a, b, advance } = await open(limits);
      const dead = await speak(a);
      const alive = await speak(a);
      advance(69_000);
      expect(await b.reapSessions(graceMs)).toEqual([]);
      await a.renewLease(alive.key);
      advance(2_000);
      const { room, session } = dead.key;
      const reaped = await Promise.all([a.reapSessions(graceMs), b.reapSessions(graceMs)]);
      expect(reaped.flat()).toEqual([{ room, session }]);
      expect(await b.reapSessions(graceMs)).toEqual([]);
      expect((await entriesOf(b)).at(-1)).toMatchObject({ speaker: { session, live: false } });
      await expectRefusal(b.takeSession(dead.request), 'session_ended');
      await expectRefusal(a.storeFinal(dead.key, final(session, 0), []), 'session_fenced');
      await a.storeFinal(alive.key, final(alive.key.session, 0), []);
    });

    test('[R15] a released session has the whole grace time to come back', async () => {
      const { a, b, advance } = await open(limits);
      const { key, request } = await speak(a);
      advance(graceMs);
      await a.renewLease(key);
      await a.releaseLease(key);
      advance(graceMs - 1_000);
      expect(await b.reapSessions(graceMs)).toEqual([]);
      expect((await b.takeSession(request)).key.epoch).toBe(2);
    });

    test('[R15] a node that has not had the store in reach for long enough ends nothing', async () => {
      const { a, join, advance } = await open(limits);
      const { key } = await speak(a);
      advance(200_000);
      const late = await join();
      expect(await late.reapSessions(graceMs)).toEqual([]);
      advance(graceMs - 1_000);
      expect(await late.reapSessions(graceMs)).toEqual([]);
      advance(1_001);
      const { room, session } = key;
      expect(await late.reapSessions(graceMs)).toEqual([{ room, session }]);
    });

    test('ended sessions and rooms leave nothing to reap', async () => {
      const { a, advance } = await open(limits);
      const ended = await speak(a);
      await a.endSession(ended.key);
      await speak(a, { room: 'gone' });
      await a.endRoom('gone', 'owner-secret-owner-secret', true);
      advance(200_000);
      expect(await a.reapSessions(graceMs)).toEqual([]);
    });
  });
}
