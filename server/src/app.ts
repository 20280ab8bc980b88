import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { AppError } from '../../shared/errors.ts';
import type { Glossary } from '../../shared/glossary.ts';
import { SUPPORTED_PROTOCOLS } from '../../shared/protocol.ts';
import { createAccess } from './access/create-access.ts';
import { createDecoderPool } from './audio/decoder-pool.ts';
import { findFfmpeg } from './audio/find-ffmpeg.ts';
import { CleanUps } from './clean-ups.ts';
import type { Settings } from './config/settings.ts';
import { type Engines, startEngines } from './engines.ts';
import { createHttpApp } from './http/http-app.ts';
import { createHttpLimits } from './http/http-limits.ts';
import { createLimits, type Limits } from './limits/create-limits.ts';
import { limitConnections, limitServer, serverOptions } from './limits/server-limits.ts';
import type { LiveFigures } from './metrics/live-figures.ts';
import { measuredRecognizer, measuredTranslator } from './metrics/measured-engines.ts';
import { ServerMetrics } from './metrics/server-metrics.ts';
import { createModelDemand } from './models/translation/model-demand.ts';
import { createOperations } from './operations/create-operations.ts';
import { useOutside } from './outside/use-outside.ts';
import { GlossaryShelf } from './rooms/glossary-shelf.ts';
import { loadGlossary } from './rooms/load-glossary.ts';
import { RoomHub } from './rooms/room-hub.ts';
import { type DeskEvents, TranslationDesk } from './rooms/translation-desk.ts';
import { Admission } from './scheduling/admission.ts';
import { RecognitionScheduler } from './scheduling/recognition-scheduler.ts';
import { endpointingFor } from './segmentation/endpointer.ts';
import type { SessionEngines } from './session/session-engines.ts';
import { prepareCorrections, rememberedSounds } from './session/term-corrections.ts';
import { startStore } from './store/start-store.ts';
import { Drain } from './transport/drain.ts';
import type { GatewayParts } from './transport/gateway-parts.ts';
import { identifyComers } from './transport/handshake-access.ts';
import { limitSockets } from './transport/limit-sockets.ts';
import { OfferNews } from './transport/offer-news.ts';
import { broadcastPartial, partialAudience } from './transport/partial-broadcast.ts';
import { refuseUpgrades } from './transport/refuse-upgrades.ts';
import { roomOffers } from './transport/room-offers.ts';
import { createSocketServer } from './transport/socket-server.ts';
import { SpeakerConnection } from './transport/speak-gateway.ts';
import { ViewerConnection } from './transport/watch-gateway.ts';
import { VERSION } from './version.ts';

/** How often sessions whose client and node are both gone are looked for, at the least. */
const MAX_REAP_INTERVAL_MS = 10_000;
/**
 * Connections that may wait to be accepted, as far as the kernel allows: with Node's 511, of two
 * thousand that come at once some are dropped and try again only seconds later.
 */
const LISTEN_BACKLOG = 4_096;
/** What draining leaves of its time for closing engines, Redis and processes. */
const CLOSING_RESERVE_MS = 5_000;

export interface ApplicationOptions {
  readonly settings: Settings;
  readonly log: Logger;
  /** PEM texts; plain HTTP without. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The built page, or null to serve none. */
  readonly pageFolder: string | null;
  /** Others than the settings name, for tests. */
  readonly startEngines?: typeof startEngines;
}

export interface Application {
  /** Where it listens, for example `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly port: number;
  readonly engines: Engines;
  /** What works less well than it could, in words. */
  readonly warnings: readonly string[];
  /** How translations could become better, in words; null where they could not. */
  readonly advice: string | null;
  /** Terms that hold in every room; null where no glossary is set. */
  readonly glossaryTerms: number | null;
  /**
   * Takes nobody any more and moves everybody to other nodes, so that close() interrupts nothing;
   * resolves in time for closing within DRAIN_TIMEOUT. Idempotent.
   */
  drain(): Promise<void>;
  /** Ends sessions so that they can be resumed elsewhere, and leaves nothing behind. Idempotent. */
  close(): Promise<void>;
}

/** Starts everything a node needs; whatever was started is undone when a later part fails. */
export async function createApplication(options: ApplicationOptions): Promise<Application> {
  const cleanUps = new CleanUps();
  try {
    return await start(options, cleanUps);
  } catch (error) {
    await cleanUps.run();
    throw error;
  }
}

async function start(options: ApplicationOptions, cleanUps: CleanUps): Promise<Application> {
  const { settings, log } = options;
  // Before anything that starts processes: what they take is counted.
  const limits = createLimits({ settings, log, cleanUps });
  const ffmpeg = findFfmpeg({ ffmpegBin: settings.FFMPEG_BIN });
  const [engines, storage] = await bothOrNeither(
    (options.startEngines ?? startEngines)(settings, cleanUps, log),
    startStore(settings, log, cleanUps),
  );
  const { store } = storage;
  const { access, keySessions } = await createAccess(settings, storage, cleanUps);
  const { detector } = engines;
  const live = (): LiveFigures => ({
    sessions: decoders.stats().live,
    decoders: decoders.stats(),
    ...hub.stats,
    recognition: scheduler.stats,
    translationJobs: desk.jobs,
    connections: limits.connections.open,
    maxConnections: limits.connections.max,
    // The programs that it started are looked at now and then.
    memoryBytes: Math.max(limits.memory.usedMb * 2 ** 20, process.memoryUsage.rss()),
    memoryLimitBytes: limits.memory.limitMb * 2 ** 20,
    redisUp: store.healthy(),
    draining: drain.draining,
  });
  const metrics = new ServerMetrics(live, VERSION);
  useOutside(engines.outside, { settings, redis: storage.redis, registry: metrics.registry });
  metrics.modelsLoaded(engines.loadSeconds ?? {});
  const recognizer = measuredRecognizer(engines.recognizer, metrics);
  const translator = measuredTranslator(engines.translator, metrics);
  const common = await deploymentGlossary(settings, recognizer.capabilities.languages);
  const http = createServer(options, limits);
  cleanUps.add(() => closeServer(http));
  const { io, speak, watch } = createSocketServer(http, storage.adapter);
  prepareCorrections(recognizer.capabilities.languages);
  const decoders = createDecoderPool({
    slots: settings.MAX_LIVE_SESSIONS,
    waitingLimit: settings.MAX_WAITING_SESSIONS,
    maxWaitMs: settings.SLOT_WAIT_MS,
    prewarmed: Math.ceil(settings.MAX_LIVE_SESSIONS / 2),
    ffmpeg,
    hangLimitMs: limits.streamTimeoutMs,
    maxAheadFrames: settings.STREAM_BUFFER_SIZE,
    isSparing: () => limits.memory.step !== 'enough',
  });
  limits.mayDrop({ name: 'idle decoders', drop: () => decoders.tend() });
  limits.mayDrop(rememberedSounds);
  for (const droppable of engines.droppables ?? []) limits.mayDrop(droppable);
  cleanUps.add(() => decoders.close());
  const scheduler = new RecognitionScheduler(recognizer, {
    partialIntervalMs: settings.PARTIAL_INTERVAL_MS,
    maxFinalWaitMs: settings.MAX_FINAL_WAIT_MS,
  });
  cleanUps.add(() => scheduler.close());
  const admission = new Admission({ slots: recognizer.capabilities.concurrency });
  const glossary = new GlossaryShelf(store, common ?? [], (room) =>
    speak.serverSideEmit('glossary:changed', room),
  );
  speak.on('glossary:changed', (room) => void glossary.refresh(room));
  const deskEvents: DeskEvents = {
    translated: (engine, durationMs) =>
      metrics.translationSeconds.observe({ engine }, durationMs / 1000),
    stored: (engine, lagMs) => metrics.translationLag(engine, lagMs / 1000),
    failed: (engine) => metrics.translationFailures.inc({ engine }),
  };
  const desk = new TranslationDesk(store, translator, deskEvents, { glossary });
  cleanUps.add(() => desk.close());
  const offers = (spoken: string) => engines.offers(spoken);
  const models = createModelDemand({ settings, log, offers });
  cleanUps.add(() => models.close());
  const hub = new RoomHub(
    store,
    desk,
    glossary,
    settings.MAX_VIEWERS_PER_ROOM,
    (languages) => {
      for (const spoken of recognizer.capabilities.languages) models.wanted(spoken, languages);
    },
    (entry) => metrics.delivered(entry),
  );
  cleanUps.add(() => hub.close());

  const sessionEngines: SessionEngines = {
    store,
    detector,
    scheduler,
    recognizerName: recognizer.name,
    translator,
    desk,
    glossary,
    metrics,
    endpointing: endpointingFor(recognizer.capabilities.maxUtteranceMs),
    idleLimitMs: settings.SESSION_IDLE * 1000,
    wanted: (room) => hub.wanted(room),
    viewers: (room) => hub.viewers(room),
    broadcast: (room, caption) => broadcastPartial(watch, room, caption),
  };
  const sessions = new Set<SpeakerConnection>();
  const viewers = new Set<ViewerConnection>();
  const drain = new Drain({
    speakers: sessions,
    viewers,
    refuseNewcomers: () => refuseUpgrades(http),
    translated: () => desk.settled(),
  });
  const parts: GatewayParts = {
    store,
    hub,
    decoders,
    engines: sessionEngines,
    access,
    keySessions,
    metrics,
    recognizable: recognizer.capabilities.languages,
    offers,
    tellLanguages: (room, languages) => {
      watch.to(partialAudience(room, null)).emit('room:languages', languages);
    },
    admit: (who) => {
      drain.admit();
      limits.admit(who);
    },
    admitNewcomer: () => admission.admit(decoders.stats().live, scheduler.step),
    keptForS: settings.ROOM_TTL,
    log,
  };
  identifyComers({ speak, watch }, access);
  const sockets = limitSockets({
    ...{ http, io, limits, log, cleanUps },
    refused: ({ code }) => metrics.errors.inc({ code }),
  });
  speak.on('connection', (socket) => {
    const connection = new SpeakerConnection(socket, parts);
    sockets.speaker(socket, () => connection.isSeated);
    sessions.add(connection);
    socket.on('disconnect', () => sessions.delete(connection));
  });
  watch.on('connection', (socket) => {
    const connection = new ViewerConnection(socket, parts);
    sockets.viewer(socket, () => connection.room !== null);
    viewers.add(connection);
    socket.on('disconnect', () => viewers.delete(connection));
  });
  const news = new OfferNews({
    viewers,
    speakers: sessions,
    offersIn: async (room) => roomOffers(parts, await store.readRoom(room)),
    tellViewers: (room, languages) => {
      watch.local.to(partialAudience(room, null)).emit('room:languages', languages);
    },
  });
  cleanUps.add(() => news.close());
  const onOffersChanged = () => {
    for (const spoken of parts.recognizable) {
      const neural = offers(spoken).filter(({ quality }) => quality === 'neural');
      const languages = neural.map(({ language }) => language);
      log.info({ spoken, neural: languages }, 'languages of the translators have changed');
    }
    news.changed();
  };
  cleanUps.add(engines.onOffersChanged(onOffersChanged));

  const graceMs = settings.SESSION_GRACE * 1000;
  const reaper = setInterval(
    () => {
      // While the store is away nobody is ended: its own clock starts afresh afterwards.
      store.reapSessions(graceMs).catch(() => undefined);
    },
    Math.min(MAX_REAP_INTERVAL_MS, graceMs / 2),
  );
  cleanUps.add(() => clearInterval(reaper));
  const unready = () => (store.healthy() ? [] : ['Redis does not answer']);
  const nodes = createOperations({
    settings,
    ...storage,
    metrics,
    cleanUps,
    live,
    problems: () => [...(drain.draining ? ['This node is draining'] : []), ...unready()],
    port: () => (http.address() as AddressInfo | null)?.port ?? settings.PORT,
  });
  http.on(
    'request',
    createHttpApp({
      log,
      limits: createHttpLimits(settings, storage.redis, limits.trusts),
      nodes,
      pageFolder: options.pageFolder,
      metrics,
      access,
      recognizable: parts.recognizable,
      offers: parts.offers,
      draining: () => drain.draining,
      unready,
      info: () => ({
        name: 'parlance',
        version: VERSION,
        protocols: SUPPORTED_PROTOCOLS,
        spoken: parts.recognizable.map((language) => ({ language, recognizer: recognizer.name })),
        keptForS: parts.keptForS,
        keyRequired: access.keyRequired,
        full: decoders.stats().live >= settings.MAX_LIVE_SESSIONS,
      }),
    }),
  );
  cleanUps.add(async () => {
    const leaving = [...sessions].map((connection) => connection.close());
    io.disconnectSockets(true);
    await Promise.all(leaving);
    await io.close();
  });
  const port = await listen(http, settings.PORT, settings.HOST);
  const scheme = options.tls === undefined ? 'http' : 'https';
  return {
    url: `${scheme}://${settings.HOST.includes(':') ? `[${settings.HOST}]` : settings.HOST}:${port}`,
    port,
    engines,
    warnings: [...engines.warnings, ...storage.warnings],
    advice: models.advice(recognizer.capabilities.languages),
    glossaryTerms: common?.length ?? null,
    drain: () => drain.run(drainLimitMs(settings)),
    close: () => cleanUps.run(),
  };
}

/** A server that takes no more than it may, whoever comes. */
function createServer({ tls }: ApplicationOptions, limits: Limits): HttpServer {
  const bounds = serverOptions(limits.server);
  const http =
    tls === undefined ? createHttpServer(bounds) : createHttpsServer({ ...bounds, ...tls });
  limitServer(http, limits.server);
  limitConnections(http, limits.peers, limits.trusts);
  return http;
}

function drainLimitMs({ DRAIN_TIMEOUT }: Settings): number {
  const wholeMs = DRAIN_TIMEOUT * 1000;
  return wholeMs - Math.min(CLOSING_RESERVE_MS, wholeMs / 2);
}

/** The terms of every room, or null where none are set. */
async function deploymentGlossary(
  { GLOSSARY_FILE: path }: Settings,
  spoken: readonly string[],
): Promise<Glossary | null> {
  if (path === undefined) return null;
  return await loadGlossary({ path, named: 'GLOSSARY_FILE', spoken });
}

/** Waits for both even when one fails, so that what the other has started is undone too. */
async function bothOrNeither<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return await Promise.all([first, second]);
}

function listen(http: HttpServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new AppError(
              'port_in_use',
              `Port ${port} is taken by another program. Choose another with --port, or stop that program.`,
              { cause: error },
            )
          : error,
      );
    });
    const place = { port, host, backlog: LISTEN_BACKLOG };
    http.listen(place, () => resolve((http.address() as AddressInfo).port));
  });
}

async function closeServer(http: HttpServer): Promise<void> {
  if (!http.listening) return;
  await new Promise<void>((resolve) => {
    http.close(() => resolve());
    http.closeAllConnections();
  });
}
