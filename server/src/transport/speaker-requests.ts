import { type AudioMessage, decodeAudio } from '../../../shared/audio-codec.ts';
import { AppError } from '../../../shared/errors.ts';
import {
  type RoomEnd,
  type RoomGlossary,
  roomEndSchema,
  roomGlossarySchema,
  type SessionGap,
  type SessionLanguages,
  type SessionResume,
  type SessionStart,
  type SessionStop,
  sessionGapSchema,
  sessionLanguagesSchema,
  sessionResumeSchema,
  sessionStartSchema,
  sessionStopSchema,
} from '../../../shared/messages.ts';
import type {
  LanguageOffer,
  SessionResumed,
  SessionStarted,
  SessionSummary,
} from '../../../shared/protocol.ts';
import { answering, parseMessage, type RequestObserver } from './requests.ts';
import type { SpeakSocket } from './socket-server.ts';

/** What a speaker's client may ask for, each with its answer; what is refused rejects or throws. */
export interface SpeakerRequests {
  start(request: SessionStart): Promise<SessionStarted>;
  resume(request: SessionResume): Promise<SessionResumed>;
  languages(request: SessionLanguages): Promise<{ languages: readonly LanguageOffer[] }>;
  stop(request: SessionStop): Promise<SessionSummary>;
  glossary(request: RoomGlossary): Promise<{ entries: number }>;
  endRoom(request: RoomEnd): Promise<Record<never, never>>;
  audio(message: AudioMessage): void;
  gap(gap: SessionGap): void;
}

/**
 * Reads what a speaker's client sends, each by its schema. `unanswered` runs the work of messages
 * that have no answer to carry its error.
 */
export function hearSpeaker(
  socket: SpeakSocket,
  requests: SpeakerRequests,
  observer: RequestObserver,
  unanswered: (work: () => void) => void,
): void {
  socket.on(
    'session:start',
    answering(sessionStartSchema, observer, (request) => requests.start(request)),
  );
  socket.on(
    'session:resume',
    answering(sessionResumeSchema, observer, (request) => requests.resume(request)),
  );
  socket.on(
    'session:languages',
    answering(sessionLanguagesSchema, observer, (request) => requests.languages(request)),
  );
  socket.on(
    'session:stop',
    answering(sessionStopSchema, observer, (request) => requests.stop(request)),
  );
  socket.on(
    'room:glossary',
    answering(roomGlossarySchema, observer, (request) => requests.glossary(request)),
  );
  socket.on(
    'room:end',
    answering(roomEndSchema, observer, (request) => requests.endRoom(request)),
  );
  socket.on('session:audio', (message) =>
    unanswered(() => requests.audio(decodeAudio(bytesOf(message)))),
  );
  socket.on('session:gap', (message) =>
    unanswered(() => requests.gap(parseMessage(sessionGapSchema, message))),
  );
}

function bytesOf(message: unknown): Uint8Array {
  if (message instanceof Uint8Array) return message;
  if (message instanceof ArrayBuffer) return new Uint8Array(message);
  throw new AppError('audio_malformed', `Audio message: expected binary, got ${typeof message}.`);
}
