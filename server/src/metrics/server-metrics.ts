import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { PlacedEntry } from '../../../shared/captions.ts';
import { type LiveFigures, registerLiveFigures } from './live-figures.ts';
import { RecentTimes } from './recent-times.ts';

const STAGE_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8];
/** Finer around two seconds, where the alarm is. */
const LAG_BUCKETS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 5, 10, 30];
const HTTP_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** `refused`: the asker's own doing; `failed`: ours, or more than we can carry. */
export type Outcome = 'ok' | 'refused' | 'failed';
/** `probe`: who looks whether the server lives, and how. */
export type Transport = 'http' | 'socket' | 'probe';
export type Task = 'conversion' | 'recognition' | 'translation';

/** Durations that are told with exact percentiles too, beside the histograms. */
export interface Times {
  readonly conversion: RecentTimes;
  readonly recognition: RecentTimes;
  readonly translation: RecentTimes;
  readonly captionLag: RecentTimes;
  readonly translationLag: RecentTimes;
  readonly deliveryLag: RecentTimes;
}

/** Since the start; whole numbers for answers, as the registry keeps them for Prometheus. */
export interface Totals {
  requests: number;
  /** Requests that were answered with an error, whoever's fault. */
  errors: number;
  readonly tasks: Record<Task, number>;
  finals: number;
}

/** The server's metrics by Prometheus conventions; labels never carry rooms, names or text (INV7). */
export class ServerMetrics {
  readonly registry = new Registry();
  readonly times: Times = {
    conversion: new RecentTimes(),
    recognition: new RecentTimes(),
    translation: new RecentTimes(),
    captionLag: new RecentTimes(),
    translationLag: new RecentTimes(),
    deliveryLag: new RecentTimes(),
  };
  readonly totals: Totals = {
    requests: 0,
    errors: 0,
    tasks: { conversion: 0, recognition: 0, translation: 0 },
    finals: 0,
  };

  readonly framesReceived = this.#counter('frames_received_total', 'Audio frames received');
  readonly framesDuplicate = this.#counter('frames_duplicate_total', 'Frames received again');
  readonly framesMissing = this.#counter('frames_missing_total', 'Frames that clients gave up');
  readonly errors = this.#labelled('errors_total', 'Errors told to clients, by code', 'code');
  readonly fencedWrites = this.#counter(
    'fenced_writes_total',
    'Writes of sessions that another owner has meanwhile; nothing of them is stored',
  );
  readonly translationFailures = this.#labelled(
    'translation_failures_total',
    'Finals that no engine could translate',
    'engine',
  );
  readonly finalWords = this.#counter('final_words_total', 'Words of finals, as spoken');
  readonly erasedWords = this.#counter(
    'erased_words_total',
    'Words of partials that were shown and taken back; by final_words_total it is the erasure',
  );
  readonly storeWritesWaiting = new Gauge({
    name: 'parlance_store_writes_waiting',
    help: 'Finals, silences and gaps of live sessions that are not stored yet',
    registers: [this.registry],
  });
  readonly activeWorkers = new Gauge({
    name: 'parlance_active_workers',
    help: 'Tasks that engines work on, what waits inside of an engine included',
    labelNames: ['task'] as const,
    registers: [this.registry],
  });
  readonly #segments = this.#labelled(
    'segments_total',
    'Segments that became final, by what was made of them',
    'outcome',
  );
  readonly resumes = this.#counter('session_resumes_total', 'Sessions taken up again');
  readonly #requests = new Counter({
    name: 'parlance_requests_total',
    help: 'Requests answered over HTTP, over sockets, and to probes: ok, refused (client), failed (server)',
    labelNames: ['transport', 'outcome'] as const,
    registers: [this.registry],
  });
  readonly #httpSeconds = new Histogram({
    name: 'parlance_http_request_duration_seconds',
    help: 'Time to answer HTTP requests',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: HTTP_BUCKETS,
    registers: [this.registry],
  });
  readonly #tasks = new Counter({
    name: 'parlance_tasks_total',
    help: 'Work given to engines: streams converted, utterances read, texts translated',
    labelNames: ['task', 'outcome'] as const,
    registers: [this.registry],
  });
  readonly #taskSeconds = this.#histogram(
    'task_duration_seconds',
    'Time an engine took for one task; for conversion the time from a frame to its samples',
    'task',
    STAGE_BUCKETS,
  );
  readonly recognitionSeconds = this.#histogram(
    'recognition_seconds',
    'Time a segment waits and is read, by kind',
    'kind',
    STAGE_BUCKETS,
  );
  readonly translationSeconds = this.#histogram(
    'translation_seconds',
    'Time a final waits and is translated, by engine',
    'engine',
    STAGE_BUCKETS,
  );
  readonly storeSeconds = this.#histogram(
    'store_seconds',
    'Time a final takes to be stored, tries included',
    'kind',
    STAGE_BUCKETS,
  );
  readonly #captionLag = this.#histogram(
    'caption_lag_seconds',
    'From the arrival of the last frame of a caption to its partial sent, or its final stored',
    'kind',
    LAG_BUCKETS,
  );
  readonly #translationLag = this.#histogram(
    'translation_lag_seconds',
    'From the arrival of the last frame of a segment to its translation stored',
    'engine',
    LAG_BUCKETS,
  );
  readonly #deliveryLag = new Histogram({
    name: 'parlance_delivery_lag_seconds',
    help: 'From a final made, on any node, to its being handed to the readers of this one',
    buckets: LAG_BUCKETS,
    registers: [this.registry],
  });

  constructor(figures: () => LiveFigures, version = 'unknown') {
    collectDefaultMetrics({ register: this.registry });
    registerLiveFigures(this.registry, figures);
    new Gauge({
      name: 'parlance_build_info',
      help: 'Always 1; the version is a label',
      labelNames: ['version'],
      registers: [this.registry],
    }).set({ version }, 1);
    // A series that is there from the start has a rate from its first event on.
    for (const transport of ['http', 'socket', 'probe'] as const) {
      for (const outcome of ['ok', 'refused', 'failed']) {
        this.#requests.inc({ transport, outcome }, 0);
      }
    }
    for (const code of ['recognizer_failed', 'decoder_failed', 'internal']) {
      this.errors.inc({ code }, 0);
    }
    for (const task of ['conversion', 'recognition', 'translation'] as const) {
      this.activeWorkers.set({ task }, 0);
      for (const outcome of ['done', 'failed']) this.#tasks.inc({ task, outcome }, 0);
    }
  }

  /** A request was answered; those of probes are in no total. */
  answered(transport: Transport, outcome: Outcome): void {
    this.#requests.inc({ transport, outcome });
    if (transport === 'probe') return;
    this.totals.requests += 1;
    if (outcome !== 'ok') this.totals.errors += 1;
  }

  /** `route` is the pattern, never the address itself. */
  answeredHttp(method: string, route: string, status: number, seconds: number): void {
    this.#httpSeconds.observe({ method, route, status: String(status) }, seconds);
  }

  segmentStored(outcome: string): void {
    this.#segments.inc({ outcome });
    this.totals.finals += 1;
  }

  /** An engine is done with a task; seconds are its own time, or null where that says nothing. */
  taskDone(task: Task, outcome: 'done' | 'failed', seconds: number | null): void {
    this.#tasks.inc({ task, outcome });
    this.totals.tasks[task] += 1;
    if (seconds !== null && outcome === 'done') this.taskTook(task, seconds);
  }

  taskTook(task: Task, seconds: number): void {
    this.#taskSeconds.observe({ task }, seconds);
    this.times[task].note(seconds);
  }

  captionLag(kind: 'partial' | 'final', seconds: number): void {
    this.#captionLag.observe({ kind }, seconds);
    if (kind === 'final') this.times.captionLag.note(seconds);
  }

  translationLag(engine: string, seconds: number): void {
    this.#translationLag.observe({ engine }, seconds);
    this.times.translationLag.note(seconds);
  }

  /** An entry of a record was handed to the viewers here; finals as spoken tell how late. */
  delivered(entry: PlacedEntry): void {
    if (entry.type !== 'final') return;
    const { language, sourceLanguage, storedAt } = entry.caption;
    // A translation carries the time of its source, and may be of what was said long ago.
    if (language !== sourceLanguage) return;
    // Clocks of two machines may differ by more than the lag.
    const seconds = Math.max(0, Date.now() - storedAt) / 1000;
    this.#deliveryLag.observe(seconds);
    this.times.deliveryLag.note(seconds);
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name: `parlance_${name}`, help, registers: [this.registry] });
  }

  #labelled<Label extends string>(name: string, help: string, label: Label): Counter<Label> {
    const labelNames = [label];
    return new Counter({ name: `parlance_${name}`, help, labelNames, registers: [this.registry] });
  }

  #histogram<Label extends string>(
    name: string,
    help: string,
    label: Label,
    buckets: number[],
  ): Histogram<Label> {
    const registers = [this.registry];
    return new Histogram({
      name: `parlance_${name}`,
      help,
      labelNames: [label],
      buckets,
      registers,
    });
  }
}
