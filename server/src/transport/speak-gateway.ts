import type { PlacedEntry } from '../../../shared/captions.ts';
import { AppError, type ErrorCode, toWireError, type WireError } from '../../../shared/errors.ts';
import { SEND_WINDOW_FRAMES } from '../../../shared/limits.ts';
import type {
  RoomEnd,
  RoomGlossary,
  SessionResume,
  SessionStart,
} from '../../../shared/messages.ts';
import type { SessionResumed, SessionStarted } from '../../../shared/protocol.ts';
import { keyRevoked } from '../access/refusals.ts';
import { SpeakerPass } from '../access/speaker-pass.ts';
import { unlessAborted } from '../async/unless-aborted.ts';
import { LiveSession } from '../session/live-session.ts';
import { checkLanguages } from './check-languages.ts';
import { ConnectionLog } from './connection-log.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { type OpenedSession, openSession } from './open-session.ts';
import { counted, FaultCount } from './requests.ts';
import { serverDraining } from './server-draining.ts';
import { newSession, type Opening, resumedSession } from './session-openings.ts';
import type { SpeakSocket } from './socket-server.ts';
import { SpeakerLanguages } from './speaker-languages.ts';
import { holdsSeat, type SpeakerPhase } from './speaker-phase.ts';
import { hearSpeaker, type SpeakerRequests } from './speaker-requests.ts';
import { SpeakerSeat } from './speaker-seat.ts';

/** One speaker's connection. A session outlives it: the client resumes with a new connection. */
export class SpeakerConnection {
  readonly #socket: SpeakSocket;
  readonly #parts: GatewayParts;
  readonly #pass: SpeakerPass;
  readonly #log: ConnectionLog;
  #phase: SpeakerPhase = { kind: 'idle' };
  readonly #faults = new FaultCount();
  #sentAway = false;

  constructor(socket: SpeakSocket, parts: GatewayParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#pass = new SpeakerPass(parts, socket.data, (keyId) => void this.#revoked(keyId));
    this.#log = new ConnectionLog(parts.log, socket.id);
    const observer = counted(parts.metrics, this.#log, {
      failed: ({ code }: WireError) => this.#refused(code),
    });
    const requests: SpeakerRequests = {
      start: (request) => this.#start(request),
      resume: (request) => this.#resume(request),
      languages: (request) => this.#live().languages.change(request),
      stop: ({ endSeq }) => this.#live().session.stop(endSeq),
      glossary: (request) => this.#glossary(request),
      endRoom: (request) => this.#endRoom(request),
      audio: (message) => this.#live().session.receive(message),
      gap: ({ fromSeq, toSeq }) => this.#live().session.declareGap(fromSeq, toSeq),
    };
    hearSpeaker(socket, requests, observer, (work) => this.#guarded(work));
    socket.on('disconnect', () => void this.close());
  }

  /** Whether a session is here, or begins, or was here and still brings translations. */
  get isSeated(): boolean {
    return holdsSeat(this.#phase, performance.now());
  }

  /** Lets the session go, so that it may be resumed elsewhere; idempotent. */
  async close(): Promise<void> {
    const phase = this.#phase;
    this.#phase = { kind: 'gone' };
    this.#pass.close();
    if (phase.kind === 'opening') phase.abort.abort(connectionLost());
    if (phase.kind === 'over') this.#parts.hub.leave(phase.room, phase.seat);
    if (phase.kind === 'live') {
      phase.languages.close();
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
    const { language } = this.#phase.session.state;
    this.#socket.emit('session:offers', this.#parts.offers(language));
  }

  async #start(request: SessionStart): Promise<SessionStarted> {
    const { room, language } = request;
    const { engines, keptForS } = this.#parts;
    await this.#pass.admit(room, 'begin');
    checkLanguages(this.#parts, language, [...request.offers, ...request.reads]);
    this.#parts.admitNewcomer();
    const opening = newSession(this.#parts, this.#pass, request);
    const session = await this.#open(opening);
    // Another node may have changed it a moment ago.
    await engines.glossary.refresh(room);
    const watchToken = await this.#pass.watchToken(room);
    const ownerSecret = opening.ownerSecret();
    return {
      session: session.key.session,
      secret: opening.secret,
      epoch: session.key.epoch,
      ...(ownerSecret === undefined ? {} : { ownerSecret }),
      ...(watchToken === undefined ? {} : { watchToken }),
      recognizer: engines.recognizerName,
      languages: this.#parts.offers(language),
      glossary: engines.glossary.ownGlossary(room),
      keptForS,
      frameWindow: SEND_WINDOW_FRAMES,
    };
  }

  async #resume(request: SessionResume): Promise<SessionResumed> {
    await this.#pass.admit(request.room, 'go-on');
    const session = await this.#open(resumedSession(this.#parts, this.#pass, request));
    this.#parts.metrics.resumes.inc();
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
  async #open(opening: Opening): Promise<LiveSession> {
    if (this.#phase.kind !== 'idle') {
      throw new AppError('invalid_message', 'Expected one session a connection, got another.');
    }
    this.#parts.admit(opening.who);
    const abort = new AbortController();
    const seated = {
      ...opening,
      seatFor: ({ key, language }: OpenedSession['state']) =>
        new SpeakerSeat(
          key.session,
          language,
          opening.reads,
          (entry) => this.#deliver(entry),
          (error) => this.#fail(error),
        ),
    };
    const over = openSession(this.#parts, seated, (opened) => this.#begin(opened), abort.signal);
    this.#phase = { kind: 'opening', abort, over };
    try {
      return await over;
    } catch (error) {
      if ((this.#phase as SpeakerPhase).kind === 'opening') this.#phase = { kind: 'idle' };
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
    const { language } = state;
    const languages = new SpeakerLanguages(this.#parts, { room, language, seat });
    this.#phase = { kind: 'live', session, seat, languages };
    this.#pass.goLive(state);
    this.#log.sessionHere(room, id, epoch);
    for (const entry of missed) this.#deliver(entry);
    return session;
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
    const { seat, languages } = this.#phase;
    languages.close();
    this.#phase = { kind: 'over', room: session.key.room, seat, heardAt: performance.now() };
    this.#pass.leave(error);
    if (error?.code === 'server_draining') this.sendAway();
    this.#socket.emit('session:ended', {
      session: session.key.session,
      ...(error === null ? {} : { error: toWireError(error) }),
    });
    if (error !== null) this.#count(error.code);
  }

  /**
   * A key that this connection lives by holds no more. A session that began with it ends for good, and
   * is told why; another key's is let go, and may be resumed with one that holds.
   */
  async #revoked(keyId: string): Promise<void> {
    const phase = this.#phase;
    if (phase.kind === 'opening') phase.abort.abort(keyRevoked());
    if (phase.kind === 'live' && phase.session.state.keyId === keyId) {
      await phase.session.close(keyRevoked());
      // Where the store is away now, a resume is refused all the same, and nobody owns the session.
      await this.#parts.store.endSession(phase.session.key).catch(() => undefined);
    }
    this.#socket.disconnect(true);
  }

  #deliver(entry: PlacedEntry): void {
    if (this.#phase.kind === 'over') this.#phase = { ...this.#phase, heardAt: performance.now() };
    this.#socket.emit('record:entry', entry);
    if (entry.type === 'ended') {
      this.#fail(new AppError('room_ended', 'The room was ended by its owner.'));
    }
  }

  #fail(error: AppError): void {
    if (this.#phase.kind === 'live') void this.#phase.session.close(error);
  }

  #live(): SpeakerPhase & { kind: 'live' } {
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
}

function connectionLost(): AppError {
  return new AppError('shutting_down', 'The connection ended.');
}
