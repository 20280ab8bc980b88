import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { io, type Socket } from 'socket.io-client';
import type { TranslationQuality } from '../../../shared/captions.ts';
import {
  PROTOCOL_VERSION,
  type Reply,
  SOCKET_PATH,
  SPEAK_NAMESPACE,
  type SpeakClientEvents,
  type SpeakServerEvents,
  WATCH_NAMESPACE,
  type WatchClientEvents,
  type WatchServerEvents,
} from '../../../shared/protocol.ts';
import { type Application, type ApplicationOptions, createApplication } from '../app.ts';
import type { CleanUps } from '../clean-ups.ts';
import { readSettings, type Settings } from '../config/settings.ts';
import type { Engines } from '../engines.ts';
import type { Recognizer } from '../recognition/recognizer.ts';
import { FakeDetector } from '../segmentation/fake-detector.ts';
import type { Translator } from '../translation/translator.ts';

/** A whole node with real Redis and FFmpeg, but engines that answer at once and by rule. */
export interface ScriptedApplication {
  readonly application: Application;
  speaker(auth?: object): Socket<SpeakServerEvents, SpeakClientEvents>;
  viewer(auth?: object): Socket<WatchServerEvents, WatchClientEvents>;
  /** Ends it all: clients, node and data. */
  close(): Promise<void>;
}

/** What a node is started with beside its settings and engines. */
export type Surroundings = Pick<ApplicationOptions, 'pageFolder' | 'log'>;

export async function startScriptedApplication(
  settings: Partial<Settings> = {},
  engines: Partial<Engines> = {},
  startEngines: ApplicationOptions['startEngines'] = (_settings, cleanUps) =>
    Promise.resolve(scriptedEngines(cleanUps, engines)),
  { pageFolder = null, log = pino({ level: 'silent' }) }: Partial<Surroundings> = {},
): Promise<ScriptedApplication> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'parlance-app-'));
  const application = await createApplication({
    settings: {
      ...readSettings({}),
      PORT: 0,
      DATA_DIR: dataFolder,
      MAX_LIVE_SESSIONS: 2,
      MAX_WAITING_SESSIONS: 0,
      SLOT_WAIT_MS: 200,
      PARTIAL_INTERVAL_MS: 100,
      ...settings,
    },
    log,
    pageFolder,
    startEngines,
  });
  const sockets: Socket[] = [];
  const connect = (namespace: string, auth: object): Socket => {
    const socket = io(application.url + namespace, {
      path: SOCKET_PATH,
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth,
    });
    sockets.push(socket);
    return socket;
  };
  return {
    application,
    speaker: (auth = { protocol: PROTOCOL_VERSION }) => connect(SPEAK_NAMESPACE, auth),
    viewer: (auth = { protocol: PROTOCOL_VERSION }) => connect(WATCH_NAMESPACE, auth),
    close: async () => {
      for (const socket of sockets) socket.disconnect();
      await application.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** Hears as many words as half seconds; translates by putting the language in front. */
function scriptedEngines(cleanUps: CleanUps, replaced: Partial<Engines>): Engines {
  const recognizer: Recognizer = {
    name: 'scripted',
    capabilities: {
      languages: ['en'],
      maxUtteranceMs: 30_000,
      concurrency: 2,
      drafts: false,
      wordTimes: false,
    },
    recognize: ({ samples }) => {
      const words = Math.max(1, Math.floor(samples.length / 8_000));
      const text = Array.from({ length: words }, (_, index) => `word${index}`).join(' ');
      return Promise.resolve({ text, tokens: [], meanLogProbability: -0.1 });
    },
    close: () => Promise.resolve(),
  };
  const quality: TranslationQuality = 'basic';
  const translator: Translator = {
    name: 'scripted',
    quality,
    route: (_from, to) => (['es', 'ca'].includes(to) ? { via: [] } : null),
    targets: () => ['es', 'ca'],
    translate: ({ text, to }) =>
      Promise.resolve({ text: `[${to}] ${text}`, engine: 'scripted', quality }),
    close: () => Promise.resolve(),
  };
  const detector = new FakeDetector();
  cleanUps.add(() => detector.close());
  return {
    recognizer,
    detector,
    translator,
    offers: (spoken) => [
      { language: spoken, engine: 'scripted', quality: 'none', via: [] },
      ...['es', 'ca'].map((language) => ({ language, engine: 'scripted', quality, via: [] })),
    ],
    onOffersChanged: () => () => {},
    warnings: [],
    ...replaced,
  };
}

/** A request that must be granted; rejects with the server's error otherwise. */
export function granted<T extends object>(reply: Reply<T>): T {
  if (!reply.ok) throw new Error(`Expected a granted request, got ${reply.error.code}.`);
  return reply;
}

/** The error of a request that must be refused. */
export function refused<T extends object>(reply: Reply<T>): { code: string; message: string } {
  if (reply.ok) throw new Error('Expected a refused request, got a granted one.');
  return reply.error;
}

/** What a start needs, with everything that a test does not care about. */
export function startRequest(room: string, fields: object = {}) {
  return {
    room,
    language: 'en',
    offers: ['es'],
    reads: [] as string[],
    instance: 'instance-0123456789',
    ...fields,
  };
}
