import { randomBytes } from 'node:crypto';
import type { SessionResume, SessionStart } from '../../../shared/messages.ts';
import type { SpeakerPass } from '../access/speaker-pass.ts';
import type { Arrival } from '../limits/connection-limit.ts';
import { refused } from '../store/store-checks.ts';
import type { GatewayParts } from './gateway-parts.ts';
import type { SessionOpening } from './open-session.ts';

/** How a speaker comes by a session; the connection adds a seat. */
export interface Opening extends Omit<SessionOpening, 'seatFor'> {
  readonly who: Arrival;
}

export interface NewSession extends Opening {
  /** The session's own, for whoever resumes it. */
  readonly secret: string;
  /** The room's, once the session is taken; undefined where the room is somebody else's. */
  ownerSecret(): string | undefined;
}

type Parts = Pick<GatewayParts, 'store' | 'engines'>;

/** A session that begins: counted for its key first, then in a room that is new or somebody's. */
export function newSession(
  { store, engines }: Parts,
  pass: SpeakerPass,
  request: SessionStart,
): NewSession {
  const { room, language, offers, instance, glossary, speakerName = '' } = request;
  const place = { room, session: randomBytes(12).toString('base64url') };
  const secret = newSecret();
  const ownerSecret = request.ownerSecret ?? newSecret();
  let keyId = '';
  let owned = false;
  return {
    who: 'newcomer',
    reads: request.reads,
    after: null,
    secret,
    ownerSecret: () => (owned ? ownerSecret : undefined),
    async check() {
      const known = await store.readRoom(room);
      if (known?.ended === true) throw refused('room_ended');
      keyId = await pass.reserve(place);
    },
    async take() {
      ({ owned } = await store.openRoom({ room, offers, ownerSecret }));
      if (glossary !== undefined) {
        // Rejects where the room is somebody else's, before there is a session.
        await engines.glossary.replace(room, ownerSecret, glossary);
      }
      const about = { instance, language, speakerName, keyId };
      return await store.createSession({ ...place, secret, ...about });
    },
    async giveBack(state) {
      if (state === null) await pass.forgo(keyId, place);
      else await pass.giveBack(state, 'newcomer', store);
    },
  };
}

/** A session that goes on here: whoever knows its secret takes it over. */
export function resumedSession(
  { store }: Pick<Parts, 'store'>,
  pass: SpeakerPass,
  { room, session, secret, instance, reads = [], after }: SessionResume,
): Opening {
  const request = { room, session, secret, instance };
  return {
    who: 'resuming',
    reads,
    after: after ?? null,
    check: () => store.checkSession(request),
    async take() {
      const state = await store.takeSession(request);
      await pass.checkTaken(state, store);
      return state;
    },
    async giveBack(state) {
      if (state !== null) await pass.giveBack(state, 'resuming', store);
    },
  };
}

/** 24 random bytes, as the schemas of secrets expect them. */
function newSecret(): string {
  return randomBytes(24).toString('base64url');
}
