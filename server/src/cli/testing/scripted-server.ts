import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { decodeAudio } from '../../../../shared/audio-codec.ts';
import type {
  FinalCaption,
  PartialCaption,
  PlacedEntry,
  RecordEntry,
  Speaker,
} from '../../../../shared/captions.ts';
import { AppError, toWireError } from '../../../../shared/errors.ts';
import type { Glossary } from '../../../../shared/glossary.ts';
import { FRAME_MS, SEND_WINDOW_FRAMES, WARM_UP_FRAMES } from '../../../../shared/limits.ts';
import type { SessionStart } from '../../../../shared/messages.ts';
import {
  SOCKET_PATH,
  SPEAK_NAMESPACE,
  type SpeakClientEvents,
  type SpeakServerEvents,
  WATCH_NAMESPACE,
  type WatchClientEvents,
  type WatchServerEvents,
} from '../../../../shared/protocol.ts';

/** A segment ends after this many frames, whatever is said. */
export const SEGMENT_FRAMES = 100;
const PARTIAL_FRAMES = 50;

export interface Script {
  /** Refuses every start with this. */
  refuseStart?: AppError;
  /** Cuts the first connection when so many frames have come. */
  cutAtFrame?: number;
  /** Languages whose translations never come. */
  withheld?: readonly string[];
  tls?: { key: string; cert: string };
  /** Refuses who does not say it. */
  token?: string;
}

/**
 * A server for tests of the commands: real Socket.IO, no engine. It answers as the protocol says,
 * with made-up captions: a partial every second, a final every two seconds and at the stop.
 */
export class ScriptedServer {
  /** Frames by seq, each as often as it was taken into a segment: once. */
  readonly taken: number[] = [];
  readonly starts: SessionStart[] = [];
  readonly tokens: unknown[] = [];
  readonly record: PlacedEntry[] = [];
  stops = 0;
  /** The room's, as it stands. */
  glossary: Glossary = [];
  readonly #script: Script;
  readonly #http: HttpServer;
  readonly #io: Server;
  #url = '';
  #epoch = 0;
  #ackedSeq = 0;
  #cuts = 0;

  constructor(script: Script = {}) {
    this.#script = script;
    this.#http = script.tls === undefined ? createServer() : createTlsServer(script.tls);
    this.#io = new Server(this.#http, { path: SOCKET_PATH, transports: ['websocket'] });
    for (const name of [SPEAK_NAMESPACE, WATCH_NAMESPACE]) {
      this.#io.of(name).use((socket, next) => {
        const { token } = socket.handshake.auth;
        this.tokens.push(token);
        if (script.token === undefined || token === script.token) return next();
        const error = toWireError(new AppError('unauthorized', 'Expected the key, got another.'));
        next(Object.assign(new Error(error.message), { data: error }));
      });
    }
    this.#serveSpeakers();
    this.#serveViewers();
  }

  get url(): string {
    return this.#url;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    const scheme = this.#script.tls === undefined ? 'http' : 'https';
    this.#url = `${scheme}://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
    return this;
  }

  async close(): Promise<void> {
    await this.#io.close();
  }

  /** Adds to the record, and tells everybody. */
  append(entry: RecordEntry): void {
    const placed: PlacedEntry = { ...entry, cursor: `${this.record.length + 1}-0` };
    this.record.push(placed);
    this.#io.of(SPEAK_NAMESPACE).emit('record:entry', placed);
    this.#io.of(WATCH_NAMESPACE).emit('record:entry', placed);
  }

  #serveSpeakers(): void {
    type Speak = Server<SpeakClientEvents, SpeakServerEvents>;
    (this.#io as Speak).of(SPEAK_NAMESPACE).on('connection', (socket) => {
      let nextSeq = 0;
      const greeting = () => ({ epoch: this.#epoch, frameWindow: SEND_WINDOW_FRAMES });
      socket.on('session:start', (request, respond) => {
        this.starts.push(request);
        if (this.#script.refuseStart !== undefined) {
          return respond({ ok: false, error: toWireError(this.#script.refuseStart) });
        }
        this.#epoch = 1;
        this.glossary = request.glossary ?? this.glossary;
        respond({
          ok: true,
          ...greeting(),
          session: 'session-a',
          secret: 'the-secret-of-it',
          recognizer: 'scripted',
          languages: [],
          glossary: this.glossary,
          keptForS: 60,
        });
        this.append({ type: 'speaker', speaker: this.#speaker(true) });
      });
      socket.on('room:glossary', ({ glossary }, respond) => {
        this.glossary = glossary;
        respond({ ok: true, entries: glossary.length });
      });
      socket.on('session:resume', ({ after }, respond) => {
        this.#epoch += 1;
        nextSeq = Math.max(0, this.#ackedSeq - WARM_UP_FRAMES);
        this.taken.length = this.#ackedSeq;
        const place = { fromSeq: nextSeq, ackedSeq: this.#ackedSeq, nextSegment: 0 };
        respond({ ok: true, ...greeting(), ...place });
        const from = this.record.findIndex(({ cursor }) => cursor === after) + 1;
        for (const entry of this.record.slice(from)) socket.emit('record:entry', entry);
      });
      socket.on('session:audio', (message) => {
        const { firstSeq, frames } = decodeAudio(new Uint8Array(message));
        for (const [at] of frames.entries()) {
          const seq = firstSeq + at;
          if (seq !== nextSeq) continue;
          nextSeq += 1;
          if (seq < this.#ackedSeq) continue;
          this.taken.push(seq);
          if (nextSeq % SEGMENT_FRAMES === 0) this.#finish(nextSeq);
          else if (nextSeq % PARTIAL_FRAMES === 0) {
            socket.emit('caption:partial', this.#partial(nextSeq));
          }
        }
        if (this.#cuts === 0 && nextSeq >= (this.#script.cutAtFrame ?? Number.POSITIVE_INFINITY)) {
          this.#cuts += 1;
          socket.conn.close();
          return;
        }
        socket.emit('session:received', { seq: nextSeq, epoch: this.#epoch });
        socket.emit('session:acked', { seq: this.#ackedSeq, epoch: this.#epoch });
      });
      socket.on('session:stop', ({ endSeq }, respond) => {
        this.stops += 1;
        if (endSeq > this.#ackedSeq) this.#finish(endSeq);
        socket.emit('session:ended', { session: 'session-a' });
        respond({ ok: true, segments: Math.ceil(endSeq / SEGMENT_FRAMES), endSeq });
        this.append({ type: 'speaker', speaker: this.#speaker(false) });
      });
    });
  }

  #serveViewers(): void {
    type Watch = Server<WatchClientEvents, WatchServerEvents>;
    (this.#io as Watch).of(WATCH_NAMESPACE).on('connection', (socket) => {
      socket.on('room:join', ({ room, after }, respond) => {
        const from = this.record.findIndex(({ cursor }) => cursor === after) + 1;
        respond({
          ok: true,
          room,
          languages: [],
          speakers: this.starts.map(() => this.#speaker(this.stops === 0)),
          history: this.record.slice(from),
          truncated: false,
          keptForS: 60,
        });
      });
    });
  }

  /** Ends the segment before `endSeq`: its final now, its translations a little later. */
  #finish(endSeq: number): void {
    const segment = Math.ceil(endSeq / SEGMENT_FRAMES) - 1;
    const startSeq = segment * SEGMENT_FRAMES;
    const original: FinalCaption = {
      ...this.#place(segment, endSeq),
      text: `Words of segment ${segment}.`,
      startSeq,
      endSeq,
      storedAt: 1,
      quality: 'none',
    };
    this.#ackedSeq = endSeq;
    this.append({ type: 'final', caption: original });
    const reads = this.starts.at(-1)?.reads ?? [];
    setImmediate(() => {
      for (const language of reads) {
        if (this.#script.withheld?.includes(language)) continue;
        const text = `Segment ${segment} in ${language}.`;
        this.append({
          type: 'final',
          caption: { ...original, language, text, engine: 'made-up', quality: 'basic' },
        });
      }
    });
  }

  #partial(endSeq: number): PartialCaption {
    const segment = Math.floor(endSeq / SEGMENT_FRAMES);
    const text = `Words of segment ${segment}`;
    const fixed = { revision: 1, stableLength: 'Words of '.length, epoch: this.#epoch };
    return { ...this.#place(segment, endSeq), text, ...fixed };
  }

  #place(segment: number, endSeq: number) {
    const language = this.starts.at(-1)?.language ?? 'en';
    return {
      session: 'session-a',
      segment,
      language,
      sourceLanguage: language,
      startMs: segment * SEGMENT_FRAMES * FRAME_MS,
      endMs: endSeq * FRAME_MS,
      engine: 'scripted',
    };
  }

  #speaker(live: boolean): Speaker {
    const start = this.starts.at(-1);
    return {
      session: 'session-a',
      name: start?.speakerName ?? '',
      language: start?.language ?? 'en',
      live,
    };
  }
}
