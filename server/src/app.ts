import type { Logger } from 'pino';
import { SUPPORTED_PROTOCOLS } from '../../shared/protocol.ts';
import { createAccess } from './access/create-access.ts';
import { createDecoderPool, type DecoderPool } from './audio/decoder-pool.ts';
import { findFfmpeg } from './audio/find-ffmpeg.ts';
import { CleanUps } from './clean-ups.ts';
import type { Settings } from './config/settings.ts';
import { type Engines, startEngines } from './engines.ts';
import { createHttpApp } from './http/http-app.ts';
import { createHttpLimits } from './http/http-limits.ts';
import { closeServer, createServer, listen, portOf, type TlsIdentity } from './http/http-server.ts';
import { createLimits, type Limits } from './limits/create-limits.ts';
import type { LiveFigures } from './metrics/live-figures.ts';
import { measuredRecognizer, measuredTranslator } from './metrics/measured-engines.ts';
import { ServerMetrics } from './metrics/server-metrics.ts';
import { createModelDemand } from './models/translation/model-demand.ts';
import { createOperations } from './operations/create-operations.ts';
import { useOutside } from './outside/use-outside.ts';
import { speakersOf } from './recognition/speakers.ts';
import { createRooms } from './rooms/create-rooms.ts';
import { Admission } from './scheduling/admission.ts';
import { RecognitionScheduler } from './scheduling/recognition-scheduler.ts';
import { endpointingFor } from './segmentation/endpointer.ts';
import type { SessionEngines } from './session/session-engines.ts';
import { prepareCorrections, rememberedSounds } from './session/term-corrections.ts';
import { reapSessions } from './store/session-reaper.ts';
import { startStore } from './store/start-store.ts';
import { NO_SLOTS } from './translation/translator.ts';
import { createGateways } from './transport/create-gateways.ts';
import { broadcastPartial } from './transport/partial-broadcast.ts';
import { createSocketServer } from './transport/socket-server.ts';
import { VERSION } from './version.ts';

/** What draining leaves of its time for closing engines, Redis and processes. */
const CLOSING_RESERVE_MS = 5_000;

export interface ApplicationOptions {
  readonly settings: Settings;
  readonly log: Logger;
  /** Plain HTTP without. */
  readonly tls?: TlsIdentity;
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
  const live = (): LiveFigures => ({
    decoders: decoders.stats(),
    ...hub.stats,
    recognition: scheduler.stats,
    loadTimes: engines.loadTimes?.() ?? [],
    translation: engines.translationSlots?.() ?? NO_SLOTS,
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
  const recognizer = measuredRecognizer(engines.recognizer, metrics);
  const translator = measuredTranslator(engines.translator, metrics);
  const recognizable = recognizer.capabilities.languages;
  const offers = (spoken: string) => engines.offers(spoken);
  const models = createModelDemand({ settings, log, offers });
  cleanUps.add(() => models.close());

  const http = createServer(options.tls, limits);
  cleanUps.add(() => closeServer(http));
  const sockets = createSocketServer(http, storage.adapter);
  const { speak, watch } = sockets;
  const decoders = createDecoders({ settings, ffmpeg, limits, cleanUps });
  const scheduler = new RecognitionScheduler(recognizer, {
    partialIntervalMs: settings.PARTIAL_INTERVAL_MS,
    maxFinalWaitMs: settings.MAX_FINAL_WAIT_MS,
  });
  cleanUps.add(() => scheduler.close());
  prepareCorrections(recognizable);
  for (const droppable of [rememberedSounds, ...(engines.droppables ?? [])]) {
    limits.mayDrop(droppable);
  }
  const { hub, desk, glossary, commonTerms } = await createRooms({
    ...{ settings, store, translator, metrics, recognizable, cleanUps },
    glossaryNews: {
      tell: (room) => speak.serverSideEmit('glossary:changed', room),
      hear: (heard) => speak.on('glossary:changed', heard),
    },
    wanted: (languages) => {
      for (const spoken of recognizable) models.wanted(spoken, languages);
    },
  });

  const sessionEngines: SessionEngines = {
    ...{ store, detector: engines.detector, scheduler, translator, desk, glossary, metrics },
    recognizerName: recognizer.name,
    endpointing: endpointingFor(recognizer.capabilities.maxUtteranceMs),
    idleLimitMs: settings.SESSION_IDLE * 1000,
    wanted: (room) => hub.wanted(room),
    viewers: (room) => hub.viewers(room),
    broadcast: (room, caption) => broadcastPartial(watch, room, caption),
  };
  const admission = new Admission({ speakers: speakersOf(recognizer) });
  const gateways = createGateways({
    ...{ http, sockets, limits, cleanUps },
    parts: {
      ...{ store, hub, decoders, access, keySessions, metrics, recognizable, offers, log },
      engines: sessionEngines,
      admitNewcomer: () => admission.admit(decoders.stats().live, scheduler.step),
      keptForS: settings.ROOM_TTL,
    },
  });
  const { drain } = gateways;
  const onOffersChanged = () => {
    for (const spoken of recognizable) {
      const neural = offers(spoken).filter(({ quality }) => quality === 'neural');
      const languages = neural.map(({ language }) => language);
      log.info({ spoken, neural: languages }, 'languages of the translators have changed');
    }
    gateways.offersChanged();
  };
  cleanUps.add(engines.onOffersChanged(onOffersChanged));
  cleanUps.add(reapSessions(store, settings.SESSION_GRACE * 1000));

  const unready = () => (store.healthy() ? [] : ['Redis does not answer']);
  const nodes = createOperations({
    ...{ settings, ...storage, metrics, cleanUps, live },
    problems: () => [...(drain.draining ? ['This node is draining'] : []), ...unready()],
    port: () => portOf(http) ?? settings.PORT,
  });
  http.on(
    'request',
    createHttpApp({
      ...{ log, nodes, metrics, access, recognizable, offers, unready },
      limits: createHttpLimits(settings, storage.redis, limits),
      pageFolder: options.pageFolder,
      draining: () => drain.draining,
      info: () => ({
        name: 'parlance',
        version: VERSION,
        protocols: SUPPORTED_PROTOCOLS,
        spoken: recognizable.map((language) => ({ language, recognizer: recognizer.name })),
        keptForS: settings.ROOM_TTL,
        keyRequired: access.keyRequired,
        full: decoders.stats().live >= settings.MAX_LIVE_SESSIONS,
      }),
    }),
  );
  cleanUps.add(() => gateways.close());
  const port = await listen(http, settings.PORT, settings.HOST);
  const scheme = options.tls === undefined ? 'http' : 'https';
  return {
    url: `${scheme}://${settings.HOST.includes(':') ? `[${settings.HOST}]` : settings.HOST}:${port}`,
    port,
    engines,
    warnings: [...engines.warnings, ...storage.warnings],
    advice: models.advice(recognizable),
    glossaryTerms: commonTerms,
    drain: () => drain.run(drainLimitMs(settings)),
    close: () => cleanUps.run(),
  };
}

interface DecoderParts {
  readonly settings: Settings;
  readonly ffmpeg: string;
  readonly limits: Limits;
  readonly cleanUps: CleanUps;
}

function createDecoders({ settings, ffmpeg, limits, cleanUps }: DecoderParts): DecoderPool {
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
  cleanUps.add(() => decoders.close());
  return decoders;
}

function drainLimitMs({ DRAIN_TIMEOUT }: Settings): number {
  const wholeMs = DRAIN_TIMEOUT * 1000;
  return wholeMs - Math.min(CLOSING_RESERVE_MS, wholeMs / 2);
}

/** Waits for both even when one fails, so that what the other has started is undone too. */
async function bothOrNeither<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return await Promise.all([first, second]);
}
