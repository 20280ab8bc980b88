import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { decodeAudio } from '../../shared/audio-codec.ts';
import type { PartialCaption, PlacedEntry, RecordEntry, Speaker } from '../../shared/captions.ts';
import type { WireError } from '../../shared/errors.ts';
import type { Glossary } from '../../shared/glossary.ts';
import type { NodesAnswer } from '../../shared/http-answers.ts';
import { MAX_SOCKET_MESSAGE_BYTES, SEND_WINDOW_FRAMES } from '../../shared/limits.ts';
import type { SessionStart } from '../../shared/messages.ts';
import {
  type LanguageOffer,
  type RoomJoined,
  type ServerInfo,
  type SessionStatus,
  SOCKET_PATH,
  SPEAK_NAMESPACE,
  type SpeakClientEvents,
  type SpeakServerEvents,
  WATCH_NAMESPACE,
  type WatchClientEvents,
  type WatchServerEvents,
} from '../../shared/protocol.ts';
import { nodeReport, nodesAnswer } from '../src/status/testing/node-reports.ts';
import { servePage } from './page-files.ts';

type SpeakSocket = Socket<SpeakClientEvents, SpeakServerEvents>;
type WatchSocket = Socket<WatchClientEvents, WatchServerEvents>;

const KEPT_FOR_S = 86_400;
const SECRET = 'scripted-session-secret';

/** What the server saw of one speaker. */
export interface ScriptedSession {
  id: string;
  request: SessionStart;
  /** Every packet that arrived, in the order of `seq`. */
  packets: Uint8Array[];
  stoppedAt: number | null;
  gaps: { fromSeq: number; toSeq: number }[];
  offers: readonly string[];
}

const NOT_OWNER: WireError = {
  code: 'not_room_owner',
  message: "Expected the room owner's secret, got another one.",
  retryable: false,
};

const offer = (language: string, via: readonly string[] = []): LanguageOffer => ({
  language,
  engine: 'apertium',
  quality: 'basic',
  via,
});

/**
 * Speaks the protocol without any engine: takes whatever packets come, and says what the test
 * makes it say. One room, whatever its name.
 */
export class ScriptedServer {
  info: ServerInfo = {
    name: 'parlance',
    version: '0.1.0',
    protocols: [1],
    spoken: [{ language: 'en', recognizer: 'moonshine-tiny-en' }],
    keptForS: KEPT_FOR_S,
    keyRequired: false,
    full: false,
  };
  languages: LanguageOffer[] = [
    { language: 'en', engine: 'none', quality: 'none', via: [] },
    offer('es'),
    offer('ca'),
    offer('gl'),
    offer('eo'),
    offer('pt', ['es']),
    offer('fr', ['ca']),
  ];
  /** Answers to the next requests, where they are to fail. */
  refuseStart: WireError | null = null;
  refuseJoin: WireError | null = null;
  refuseHandshake: WireError | null = null;
  refuseGlossary: WireError | null = null;
  /** Whether the room was made by somebody else. */
  isForeignRoom = false;
  /** The room's, as it stands. */
  glossary: Glossary = [];
  watchToken: string | null = null;
  /** How the nodes fare, for the status page. */
  nodes: NodesAnswer = nodesAnswer([nodeReport({ name: 'node-1:8080' })]);
  /** What the status page asks for, or null where everybody may look. */
  operatorKey: string | null = null;
  /** When false, no frame is acknowledged: the client's window fills. */
  acknowledges = true;
  readonly sessions: ScriptedSession[] = [];
  /** What came with the handshakes, keys and watch tokens alike. */
  readonly tokens: string[] = [];
  readonly speakers = new Map<string, Speaker>();
  readonly #folder: string;
  readonly #http: HttpServer;
  readonly #io: Server;
  #record: PlacedEntry[] = [];
  #endedRooms: { erase: boolean }[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.#http = createServer((request, response) => {
      if (request.url === '/api/v1/nodes') {
        const isIn = [null, request.headers['x-api-key']].includes(this.operatorKey);
        response.writeHead(isIn ? 200 : 401, { 'content-type': 'application/json' });
        response.end(JSON.stringify(isIn ? this.nodes : {}));
        return;
      }
      const answer = this.#api(request.url ?? '/');
      if (answer === null) {
        void servePage(this.#folder, request, response);
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
    this.#io = new Server(this.#http, {
      path: SOCKET_PATH,
      transports: ['websocket'],
      serveClient: false,
      maxHttpBufferSize: MAX_SOCKET_MESSAGE_BYTES,
    });
    for (const name of [SPEAK_NAMESPACE, WATCH_NAMESPACE]) {
      this.#io.of(name).use((socket, next) => {
        const { token } = socket.handshake.auth;
        if (typeof token === 'string') this.tokens.push(token);
        const error = this.refuseHandshake;
        next(error === null ? undefined : Object.assign(new Error(error.code), { data: error }));
      });
    }
    this.#io.of(SPEAK_NAMESPACE).on('connection', (socket: SpeakSocket) => this.#speak(socket));
    this.#io.of(WATCH_NAMESPACE).on('connection', (socket: WatchSocket) => this.#watch(socket));
  }

  static async open(pageFolder: string, port = 0): Promise<ScriptedServer> {
    const server = new ScriptedServer(pageFolder);
    await new Promise<void>((resolve) => server.#http.listen(port, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  get endedRooms(): readonly { erase: boolean }[] {
    return this.#endedRooms;
  }

  /** Adds to the record and tells whoever it concerns. */
  put(entry: RecordEntry): void {
    const placed = { ...entry, cursor: `${this.#record.length + 1}-0` } as PlacedEntry;
    if (entry.type === 'speaker') this.speakers.set(entry.speaker.session, entry.speaker);
    this.#record.push(placed);
    this.#io.of(SPEAK_NAMESPACE).emit('record:entry', placed);
    for (const socket of this.#io.of(WATCH_NAMESPACE).sockets.values()) {
      if (wants(placed, socket.data.language)) socket.emit('record:entry', placed);
    }
  }

  partial(caption: PartialCaption): void {
    this.#io.of(SPEAK_NAMESPACE).emit('caption:partial', caption);
    this.#io.of(WATCH_NAMESPACE).emit('caption:partial', caption);
  }

  status(status: Partial<SessionStatus>): void {
    const usual = {
      delayMs: 240,
      recognizer: 'ready',
      decoder: 'ready',
      captions: 'full',
      viewers: 3,
    } as const;
    const full: SessionStatus = { ...usual, concealedFrames: 0, ...status };
    this.#io.of(SPEAK_NAMESPACE).emit('session:status', full);
  }

  failSessions(error: WireError): void {
    this.#io.of(SPEAK_NAMESPACE).emit('session:error', error);
  }

  endSessions(error: WireError): void {
    for (const { id } of this.sessions) {
      this.#io.of(SPEAK_NAMESPACE).emit('session:ended', { session: id, error });
    }
  }

  tellLanguages(): void {
    this.#io.of(WATCH_NAMESPACE).emit('room:languages', this.languages);
    this.#io.of(SPEAK_NAMESPACE).emit('session:offers', this.languages);
  }

  /** Cuts every connection; clients may come back. */
  cut(): void {
    this.#io.disconnectSockets(true);
    for (const name of [SPEAK_NAMESPACE, WATCH_NAMESPACE]) {
      this.#io.of(name).disconnectSockets(true);
    }
  }

  /** Forgets everything between two tests. */
  reset(): void {
    this.cut();
    this.#record = [];
    this.#endedRooms = [];
    this.sessions.length = 0;
    this.tokens.length = 0;
    this.speakers.clear();
    this.refuseStart = null;
    this.refuseJoin = null;
    this.refuseHandshake = null;
    this.refuseGlossary = null;
    this.isForeignRoom = false;
    this.glossary = [];
    this.watchToken = null;
    this.nodes = nodesAnswer([nodeReport({ name: 'node-1:8080' })]);
    this.operatorKey = null;
    this.acknowledges = true;
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections();
    await this.#io.close();
  }

  #api(url: string): unknown {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    if (pathname === '/api/v1/info') return this.info;
    if (pathname !== '/api/v1/languages') return null;
    return { from: searchParams.get('from'), languages: this.languages };
  }

  #speak(socket: SpeakSocket): void {
    let session: ScriptedSession | null = null;
    socket.on('session:start', (request, respond) => {
      if (this.refuseStart !== null) return respond({ ok: false, error: this.refuseStart });
      if (request.glossary !== undefined) {
        if (this.isForeignRoom) return respond({ ok: false, error: NOT_OWNER });
        this.glossary = request.glossary;
      }
      const id = `scripted-${this.sessions.length}`;
      const offers = request.offers;
      session = { id, request, packets: [], stoppedAt: null, gaps: [], offers };
      this.sessions.push(session);
      const speaker = { session: id, name: request.speakerName ?? '', language: request.language };
      this.put({ type: 'speaker', speaker: { ...speaker, live: true } });
      respond({
        ok: true,
        session: id,
        secret: SECRET,
        epoch: 1,
        ...(request.ownerSecret === undefined || this.isForeignRoom
          ? {}
          : { ownerSecret: request.ownerSecret }),
        ...(this.watchToken === null ? {} : { watchToken: this.watchToken }),
        recognizer: 'moonshine-tiny-en',
        languages: this.languages,
        glossary: this.glossary,
        keptForS: this.info.keptForS,
        frameWindow: SEND_WINDOW_FRAMES,
      });
      this.status({});
    });
    socket.on('session:resume', (request, respond) => {
      session = this.sessions.find(({ id }) => id === request.session) ?? null;
      const seq = session?.packets.length ?? 0;
      respond({
        ok: true,
        epoch: 1,
        fromSeq: seq,
        ackedSeq: seq,
        nextSegment: 0,
        frameWindow: SEND_WINDOW_FRAMES,
      });
    });
    socket.on('session:audio', (message) => {
      if (session === null) return;
      const { firstSeq, frames } = decodeAudio(new Uint8Array(message));
      for (const [index, frame] of frames.entries()) {
        session.packets[firstSeq + index] = new Uint8Array(frame);
      }
      const seq = session.packets.length;
      if (!this.acknowledges) return;
      socket.emit('session:received', { seq, epoch: 1 });
      socket.emit('session:acked', { seq, epoch: 1 });
    });
    socket.on('session:gap', (gap) => session?.gaps.push(gap));
    socket.on('session:languages', ({ offers }, respond) => {
      if (session !== null) session.offers = offers;
      respond({ ok: true, languages: this.languages });
    });
    socket.on('session:stop', ({ endSeq }, respond) => {
      if (session === null) return;
      session.stoppedAt = endSeq;
      const { id } = session;
      const speaker = this.speakers.get(id);
      if (speaker !== undefined)
        this.put({ type: 'speaker', speaker: { ...speaker, live: false } });
      const segments = this.#record.filter(
        (entry) => entry.type === 'final' && entry.caption.session === id,
      );
      respond({ ok: true, segments: segments.length, endSeq });
    });
    socket.on('room:glossary', ({ glossary }, respond) => {
      const error = this.isForeignRoom ? NOT_OWNER : this.refuseGlossary;
      if (error !== null) return respond({ ok: false, error });
      this.glossary = glossary;
      respond({ ok: true, entries: glossary.length });
    });
    socket.on('room:end', ({ erase }, respond) => {
      this.#endedRooms.push({ erase });
      this.put({ type: 'ended', erased: erase });
      respond({ ok: true });
    });
  }

  #watch(socket: WatchSocket): void {
    socket.on('room:join', ({ room, language, after }, respond) => {
      if (this.refuseJoin !== null) return respond({ ok: false, error: this.refuseJoin });
      if (!this.languages.some((known) => known.language === language)) {
        const message = 'Expected a language that is offered.';
        const error = { code: 'language_unsupported', message, retryable: false } as const;
        return respond({ ok: false, error });
      }
      socket.data = { room, language };
      respond({ ok: true, ...this.#joined(room, language, after) });
    });
    socket.on('room:language', ({ language }, respond) => {
      socket.data.language = language;
      respond({ ok: true, ...this.#joined(socket.data.room, language, undefined) });
    });
  }

  #joined(room: string, language: string, after: string | undefined): RoomJoined {
    const seen = after === undefined ? 0 : Number.parseInt(after, 10);
    return {
      room,
      languages: this.languages,
      speakers: [...this.speakers.values()],
      history: this.#record.slice(seen).filter((entry) => wants(entry, language)),
      truncated: false,
      keptForS: this.info.keptForS,
    };
  }
}

function wants(entry: PlacedEntry, language: string): boolean {
  if (entry.type !== 'final') return true;
  const { caption } = entry;
  return caption.language === caption.sourceLanguage || caption.language === language;
}
