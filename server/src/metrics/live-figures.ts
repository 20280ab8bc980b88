import { Counter, Gauge, type Registry } from 'prom-client';
import type { DecoderPoolStats } from '../audio/decoder-pool.ts';
import { LOAD_STEPS } from '../scheduling/load-step.ts';
import type { SchedulerStats } from '../scheduling/recognition-scheduler.ts';
import type { EngineSlots, LoadTime } from '../translation/translator.ts';

/** What is read at the moment of a scrape. */
export interface LiveFigures {
  readonly viewers: number;
  readonly rooms: number;
  readonly decoders: DecoderPoolStats;
  readonly recognition: SchedulerStats;
  /** Of all translators together. */
  readonly translation: EngineSlots;
  /** Finals that are to be translated, and those whose translation is under way. */
  readonly translationJobs: number;
  /** WebSocket connections, and how many there may be. */
  readonly connections: number;
  readonly maxConnections: number;
  /** This process and those that it started. */
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number;
  readonly loadTimes: readonly LoadTime[];
  readonly redisUp: boolean;
  readonly draining: boolean;
}

type Read = (figures: LiveFigures) => number;
/** One value for each label of a kind. */
type ReadEach = (figures: LiveFigures) => Readonly<Record<string, number>>;

const GAUGES: readonly (readonly [name: string, help: string, read: Read])[] = [
  ['sessions', 'Speakers: sessions that hold a decoder', ({ decoders }) => decoders.live],
  ['viewers', 'Viewers on this node', ({ viewers }) => viewers],
  ['rooms', 'Rooms served by this node', ({ rooms }) => rooms],
  ['connections', 'WebSocket connections', ({ connections }) => connections],
  ['connections_limit', 'WebSocket connections that may be', (all) => all.maxConnections],
  ['memory_bytes', 'Memory of the server and the programs it started', (all) => all.memoryBytes],
  ['memory_limit_bytes', 'Memory that the server may take', (all) => all.memoryLimitBytes],
  ['redis_up', 'Whether Redis answers', ({ redisUp }) => Number(redisUp)],
  ['draining', 'Whether this node is leaving', ({ draining }) => Number(draining)],
  ['open_segments', 'Segments being spoken just now', (all) => all.recognition.openSegments],
  [
    'recognition_final_ratio',
    'Share of the recognition slots that finals take, 0 to 1',
    ({ recognition }) => recognition.finalShare,
  ],
  [
    'partial_interval_seconds',
    'Time between two readings of an open segment',
    ({ recognition }) => recognition.intervalMs / 1000,
  ],
  [
    'load_step',
    'What is given up: 0 nothing, 1 partials rarer, 2 untranslated, 3 finals only, 4 newcomers refused',
    ({ recognition }) => LOAD_STEPS.indexOf(recognition.step),
  ],
];

const LABELLED_GAUGES: readonly (readonly [
  name: string,
  label: string,
  help: string,
  read: ReadEach,
])[] = [
  [
    'slots',
    'kind',
    'Slots: audio decoders, recognition threads, translators (workers, programs, requests)',
    ({ decoders, recognition, translation }) => ({
      decoding: decoders.slots,
      recognition: recognition.slots,
      translation: translation.total,
    }),
  ],
  [
    'slots_used',
    'kind',
    'Slots in use',
    ({ decoders, recognition, translation }) => ({
      decoding: decoders.live,
      recognition: recognition.running,
      translation: translation.inUse,
    }),
  ],
  [
    'slots_waiting',
    'kind',
    'Who waits for a slot: speakers, readings, texts',
    ({ decoders, recognition, translation }) => ({
      decoding: decoders.waiting,
      recognition: recognition.finalsWaiting + recognition.partialsWaiting,
      translation: translation.waiting,
    }),
  ],
  [
    'queue_length',
    'queue',
    'What waits, or is under way for translations',
    ({ recognition, translationJobs }) => ({
      finals: recognition.finalsWaiting,
      partials: recognition.partialsWaiting,
      translations: translationJobs,
    }),
  ],
];

const COUNTERS: readonly (readonly [name: string, help: string, read: Read])[] = [
  [
    'decoders_replaced_total',
    'Decoders lost in the middle of a session and replaced',
    ({ decoders }) => decoders.replaced,
  ],
  [
    'decoder_failures_total',
    'Decoders that failed to start or were lost while idle',
    ({ decoders }) => decoders.failures,
  ],
];

/** Adds what others keep count of; it is read when somebody asks. */
export function registerLiveFigures(registry: Registry, figures: () => LiveFigures): void {
  const registers = [registry];
  for (const [name, help, read] of GAUGES) {
    new Gauge({
      name: `parlance_${name}`,
      help,
      registers,
      collect() {
        this.set(read(figures()));
      },
    });
  }
  for (const [name, label, help, read] of LABELLED_GAUGES) {
    new Gauge({
      name: `parlance_${name}`,
      help,
      labelNames: [label],
      registers,
      collect() {
        for (const [value, amount] of Object.entries(read(figures()))) {
          this.set({ [label]: value }, amount);
        }
      },
    });
  }
  new Gauge({
    name: 'parlance_model_load_seconds',
    help: 'Time that engines took to load at start, and each model that came later',
    labelNames: ['engine', 'model'],
    registers,
    collect() {
      this.reset();
      for (const { engine, model, seconds } of figures().loadTimes) {
        this.set({ engine, model }, seconds);
      }
    },
  });
  for (const [name, help, read] of COUNTERS) {
    new Counter({
      name: `parlance_${name}`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read(figures()));
      },
    });
  }
  new Counter({
    name: 'parlance_frames_concealed_total',
    help: 'Frames that were missing or no sound Opus, and were filled in',
    labelNames: ['reason'],
    registers,
    collect() {
      const { concealed, corrupt } = figures().decoders;
      this.reset();
      this.inc({ reason: 'missing' }, concealed);
      this.inc({ reason: 'corrupt' }, corrupt);
    },
  });
}
