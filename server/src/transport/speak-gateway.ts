import { randomBytes } from 'node:crypto';
import type { PlacedEntry } from '../../../shared/captions.ts';
import { AppError, type ErrorCode, toWireError, type WireError } from '../../../shared/errors.ts';
import { SEND_WINDOW_FRAMES } from '../../../shared/limits.ts';
import type {
  RoomEnd,
  RoomGlossary,
  SessionLanguages,
  SessionResume,
  SessionStart,
} from '../../../shared/messages.ts';
import type { LanguageOffer, SessionResumed, SessionStarted } from '../../../shared/protocol.ts';
import { keyRevoked } from '../access/refusals.ts';
import { SpeakerPass } from '../access/speaker-pass.ts';
import { unlessAborted } from '../async/unless-aborted.ts';
import type { Arrival } from '../limits/connection-limit.ts';
import { LiveSession } from '../session/live-session.ts';
import type { SessionState } from '../store/transcript-store.ts';
import { checkLanguages } from './check-languages.ts';
import { ConnectionLog } from './connection-log.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { type OpenedSession, openSession, type SessionOpening } from './open-session.ts';
import { counted, FaultCount } from './requests.ts';
import { serverDraining } from './server-draining.ts';
import type { SpeakSocket } from './socket-server.ts';
import { hearSpeaker, type SpeakerRequests } from './speaker-requests.ts';
import { SpeakerSeat } from './speaker-seat.ts';

type Phase =
  | { readonly kind: 'idle' }
  /** A start or resume is under way; `abort` ends it when the connection goes. */
  | { readonly kind: 'opening'; readonly abort: AbortController; readonly over: Promise<unknown> }
  | { readonly kind: 'live'; readonly session: LiveSession; readonly seat: SpeakerSeat }
  /** The session is over, but translations of its last finals still come. */
  | { readonly kind: 'over'; readonly room: string; readonly seat: SpeakerSeat }
  | { readonly kind: 'gone' };

/** One speaker's connection. A session outlives it: the client resumes with a new connection. */
export class SpeakerConnection {
  readonly #socket: SpeakSocket;
  readonly #parts: GatewayParts;
  readonly #pass: SpeakerPass;
  readonly #log: ConnectionLog;
  #phase: Phase = { kind: 'idle' };
  readonly #faults = new FaultCount();
  #sentAway = false;

  constructor(socket: SpeakSocket, parts: GatewayParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#pass = new SpeakerPass(parts, socket.data, () => void this.#revoked());
    this.#log = new ConnectionLog(parts.log, socket.id);
    const observer = counted(parts.metrics, this.#log, {
      failed: ({ code }: WireError) => this.#refused(code),
    });
    const requests: SpeakerRequests = {
      start: (request) => this.#start(request),
      resume: (request) => this.#resume(request),
      languages: (request) => this.#languages(request),
      stop: ({ endSeq }) => this.#live().session.stop(endSeq),
      glossary: (request) => this.#glossary(request),
      endRoom: (request) => this.#endRoom(request),
      audio: (message) => this.#live().session.receive(message),
      gap: ({ fromSeq, toSeq }) => this.#live().session.declareGap(fromSeq, toSeq),
    };
    hearSpeaker(socket, requests, observer, (work) => this.#guarded(work));
    socket.on('disconnect', () => void this.close());
  }

  /** Whether a session is here, or begins. */
  get isSeated(): boolean {
    return this.#phase.kind !== 'idle';
  }

  /** Lets the session go, so that it may be resumed elsewhere; idempotent. */
  async close(): Promise<void> {
    const phase = this.#phase;
    this.#phase = { kind: 'gone' };
    this.#pass.close();
    if (phase.kind === 'opening') phase.abort.abort(connectionLost());
    if (phase.kind === 'over') this.#parts.hub.leave(phase.room, phase.seat);
    if (phase.kind === 'live') {
      this.#parts.hub.leave(phase.session.key.room, phase.seat);
      await phase.session.close(connectionLost());
    }
  }

  /**
   * Sends the speaker to another node: a session lets go once its finals in work are stored, unless
   * `signal` ends that wait. Who only waits for late translations stays until the end.
   */
  async move(signal: AbortSignal): Promise<void> {
    if (this.#phase.kind === 'opening') {
      await unlessAborted(this.#phase.over, signal).catch(() => undefined);
    }
    const phase = this.#phase;
    if (phase.kind === 'live') await phase.session.handOver(serverDraining(), signal);
    if (phase.kind === 'idle') this.sendAway();
  }

  /** Asks the client to connect to another node, once. */
  sendAway(): void {
    if (this.#sentAway) return;
    this.#sentAway = true;
    this.#socket.emit('server:draining', toWireError(serverDraining()));
  }

  /** What readers may choose from is not what it was; of no interest before the session's start. */
  tellOffers(): void {
    if (this.#phase.kind !== 'live') return;
    this.#socket.emit('session:offers', this.#offers(this.#phase.session.state.language));
  }

  async #start(request: SessionStart): Promise<SessionStarted> {
    const { store, engines } = this.#parts;
    await this.#pass.admit(request.room, 'begin');
    checkLanguages(this.#parts, request.language, [...request.offers, ...request.reads]);
    this.#parts.admitNewcomer();
    const ownerSecret = request.ownerSecret ?? newSecret();
    const secret = newSecret();
    let owned = false;
    const take = async (): Promise<SessionState> => {
      const { room, language, offers } = request;
      ({ owned } = await store.openRoom({ room, offers, ownerSecret }));
      if (request.glossary !== undefined) {
        // Rejects where the room is somebody else's, before there is a session.
        await engines.glossary.replace(room, ownerSecret, request.glossary);
      }
      const place = { room, session: randomBytes(12).toString('base64url') };
      return await this.#pass.begin(place, (keyId) =>
        store.createSession({
          ...place,
          secret,
          instance: request.instance,
          language,
          speakerName: request.speakerName ?? '',
          keyId,
        }),
      );
    };
    const session = await this.#open('newcomer', { reads: request.reads, after: null, take });
    // Another node may have changed it a moment ago.
    await engines.glossary.refresh(request.room);
    const watchToken = await this.#pass.watchToken(request.room);
    return {
      session: session.key.session,
      secret,
      epoch: session.key.epoch,
      ...(owned ? { ownerSecret } : {}),
      ...(watchToken === undefined ? {} : { watchToken }),
      recognizer: engines.recognizerName,
      languages: this.#offers(request.language),
      glossary: engines.glossary.ownGlossary(request.room),
      keptForS: this.#parts.keptForS,
      frameWindow: SEND_WINDOW_FRAMES,
    };
  }

  async #resume(request: SessionResume): Promise<SessionResumed> {
    const { room, session: id, secret, instance, reads, after } = request;
    const { store, metrics } = this.#parts;
    await this.#pass.admit(room, 'go-on');
    const take = async (): Promise<SessionState> => {
      const state = await store.takeSession({ room, session: id, secret, instance });
      await this.#pass.checkTaken(state, store);
      return state;
    };
    const session = await this.#open('resuming', {
      reads: reads ?? [],
      after: after ?? null,
      take,
    });
    metrics.resumes.inc();
    const { ackedSeq, nextSegment } = session.state;
    return {
      epoch: session.key.epoch,
      fromSeq: session.resumeSeq,
      ackedSeq,
      nextSegment,
      frameWindow: SEND_WINDOW_FRAMES,
    };
  }

  /** Brings a session to life, which is either new or taken over. */
  async #open(
    who: Arrival,
    opening: Pick<SessionOpening, 'reads' | 'after' | 'take'>,
  ): Promise<LiveSession> {
    if (this.#phase.kind !== 'idle') {
      throw new AppError('invalid_message', 'Expected one session a connection, got another.');
    }
    this.#parts.admit(who);
    const { store } = this.#parts;
    const abort = new AbortController();
    const whole: SessionOpening = {
      ...opening,
      giveBack: (state) => this.#pass.giveBack(state, who, store),
      seatFor: ({ key, language }) =>
        new SpeakerSeat(
          key.session,
          language,
          opening.reads,
          (entry) => this.#deliver(entry),
          (error) => this.#fail(error),
        ),
    };
    const over = openSession(this.#parts, whole, (opened) => this.#begin(opened), abort.signal);
    this.#phase = { kind: 'opening', abort, over };
    try {
      return await over;
    } catch (error) {
      if ((this.#phase as Phase).kind === 'opening') this.#phase = { kind: 'idle' };
      throw error;
    }
  }

  #begin({ state, decoder, seat, missed }: OpenedSession): LiveSession {
    const { room, session: id, epoch } = state.key;
    const socket = this.#socket;
    const session = new LiveSession(state, decoder, this.#parts.engines, {
      received: (seq, arrivedSeq) => socket.emit('session:received', { seq, epoch, arrivedSeq }),
      acked: (seq) => socket.emit('session:acked', { seq, epoch }),
      status: (status) => socket.volatile.emit('session:status', status),
      partial: (caption) => {
        if (caption.language === state.language || seat.reads.includes(caption.language)) {
          socket.volatile.emit('caption:partial', caption);
        }
      },
      over: (error) => {
        this.#log.sessionOver(error);
        this.#over(session, error);
      },
    });
    this.#phase = { kind: 'live', session, seat };
    this.#pass.goLive(state);
    this.#log.sessionHere(room, id, epoch);
    for (const entry of missed) this.#deliver(entry);
    return session;
  }

  async #languages({
    offers,
    reads,
  }: SessionLanguages): Promise<{ languages: readonly LanguageOffer[] }> {
    const { session, seat } = this.#live();
    const { language } = session.state;
    checkLanguages(this.#parts, language, [...offers, ...reads]);
    seat.reads = reads;
    await this.#parts.hub.read(session.key.room, seat, reads);
    await this.#parts.store.setLanguages(session.key.room, offers);
    const languages = this.#offers(language);
    const offered = languages.filter(
      (offer) => offer.language === language || offers.includes(offer.language),
    );
    this.#parts.tellLanguages(session.key.room, offered);
    return { languages };
  }

  async #glossary({ room, ownerSecret, glossary }: RoomGlossary): Promise<{ entries: number }> {
    const isHere = this.#phase.kind === 'live' && this.#phase.session.key.room === room;
    await this.#pass.admit(room, isHere ? 'go-on' : 'begin');
    await this.#parts.engines.glossary.replace(room, ownerSecret, glossary);
    return { entries: glossary.length };
  }

  async #endRoom({ room, ownerSecret, erase }: RoomEnd): Promise<Record<never, never>> {
    await this.#pass.admit(room, 'go-on');
    await this.#parts.store.endRoom(room, ownerSecret, erase);
    return {};
  }

  #over(session: LiveSession, error: AppError | null): void {
    if (this.#phase.kind !== 'live' || this.#phase.session !== session) return;
    const { seat } = this.#phase;
    this.#phase = { kind: 'over', room: session.key.room, seat };
    this.#pass.leave(error);
    if (error?.code === 'server_draining') this.sendAway();
    this.#socket.emit('session:ended', {
      session: session.key.session,
      ...(error === null ? {} : { error: toWireError(error) }),
    });
    if (error !== null) this.#count(error.code);
  }

  /** The key that this connection lives by holds no more: its session ends for good, and is told why. */
  async #revoked(): Promise<void> {
    const phase = this.#phase;
    if (phase.kind === 'opening') phase.abort.abort(keyRevoked());
    if (phase.kind === 'live') {
      await phase.session.close(keyRevoked());
      // Where the store is away now, a resume is refused all the same, and nobody owns the session.
      await this.#parts.store.endSession(phase.session.key).catch(() => undefined);
    }
    this.#socket.disconnect(true);
  }

  #deliver(entry: PlacedEntry): void {
    this.#socket.emit('record:entry', entry);
    if (entry.type === 'ended') {
      this.#fail(new AppError('room_ended', 'The room was ended by its owner.'));
    }
  }

  #fail(error: AppError): void {
    if (this.#phase.kind === 'live') void this.#phase.session.close(error);
  }

  #live(): Phase & { kind: 'live' } {
    if (this.#phase.kind !== 'live') {
      throw new AppError('session_required', 'Expected a started session, got none.');
    }
    return this.#phase;
  }

  /** Runs what has no answer to carry its error: the error goes out as an event of its own. */
  #guarded(work: () => void): void {
    if (this.#phase.kind === 'over' || this.#phase.kind === 'gone') return;
    try {
      work();
    } catch (error) {
      const wire = toWireError(error);
      this.#socket.emit('session:error', wire);
      this.#refused(wire.code);
    }
  }

  /** Something was refused; who gets too much wrong is disconnected, once it was told. */
  #refused(code: ErrorCode): void {
    this.#count(code);
    if (this.#faults.note(code)) setImmediate(() => this.#socket.disconnect(true));
  }

  #count(code: string): void {
    this.#parts.metrics.errors.inc({ code });
  }

  #offers(spoken: string): readonly LanguageOffer[] {
    return this.#parts.offers(spoken);
  }
}

/** 24 random bytes, as the schemas of secrets expect them. */
function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

function connectionLost(): AppError {
  return new AppError('shutting_down', 'The connection ended.');
}
