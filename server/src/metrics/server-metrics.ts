import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { DecoderPoolStats } from '../audio/decoder-pool.ts';
import { LOAD_STEPS } from '../scheduling/load-step.ts';
import type { SchedulerStats } from '../scheduling/recognition-scheduler.ts';

const SECONDS_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8];

/** What is read at the moment of a scrape. */
export interface LiveFigures {
  readonly sessions: number;
  readonly viewers: number;
  readonly rooms: number;
  readonly decoders: DecoderPoolStats;
  readonly recognition: SchedulerStats;
  readonly translationJobs: number;
}

/** The server's metrics by Prometheus conventions; labels never carry rooms, names or text (INV7). */
export class ServerMetrics {
  readonly registry = new Registry();
  readonly framesReceived = this.#counter('frames_received_total', 'Audio frames received');
  readonly framesDuplicate = this.#counter('frames_duplicate_total', 'Frames received again');
  readonly framesMissing = this.#counter('frames_missing_total', 'Frames that clients gave up');
  readonly segments = new Counter({
    name: 'parlance_segments_total',
    help: 'Segments that became final, by what was made of them',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });
  readonly resumes = this.#counter('session_resumes_total', 'Sessions taken up again');
  readonly errors = new Counter({
    name: 'parlance_errors_total',
    help: 'Errors told to clients, by code',
    labelNames: ['code'] as const,
    registers: [this.registry],
  });
  readonly recognitionSeconds = new Histogram({
    name: 'parlance_recognition_seconds',
    help: 'Time a segment waits and is read, by kind',
    labelNames: ['kind'] as const,
    buckets: SECONDS_BUCKETS,
    registers: [this.registry],
  });
  readonly translationSeconds = new Histogram({
    name: 'parlance_translation_seconds',
    help: 'Time a final takes to be translated, by engine',
    labelNames: ['engine'] as const,
    buckets: SECONDS_BUCKETS,
    registers: [this.registry],
  });
  readonly translationFailures = new Counter({
    name: 'parlance_translation_failures_total',
    help: 'Finals that no engine could translate',
    labelNames: ['engine'] as const,
    registers: [this.registry],
  });

  constructor(figures: () => LiveFigures) {
    collectDefaultMetrics({ register: this.registry });
    this.#gauge('sessions', 'Live sessions', () => figures().sessions);
    this.#gauge('viewers', 'Viewers on this node', () => figures().viewers);
    this.#gauge('rooms', 'Rooms served by this node', () => figures().rooms);
    this.#gauge('decoder_slots', 'Audio decoder slots', () => figures().decoders.slots);
    this.#gauge('decoder_slots_used', 'Slots in use', () => figures().decoders.live);
    this.#gauge('decoder_slots_waiting', 'Waiting', () => figures().decoders.waiting);
    this.#gauge('decoders_replaced', 'Lost decoders replaced', () => figures().decoders.replaced);
    this.#gauge('frames_corrupt', 'Corrupt frames concealed', () => figures().decoders.corrupt);
    this.#gauge('recognition_slots', 'Recognition slots', () => figures().recognition.slots);
    this.#gauge(
      'recognition_running',
      'Utterances being read',
      () => figures().recognition.running,
    );
    this.#gauge('finals_waiting', 'Finals waiting', () => figures().recognition.finalsWaiting);
    this.#gauge(
      'partials_waiting',
      'Partials waiting',
      () => figures().recognition.partialsWaiting,
    );
    this.#gauge(
      'open_segments',
      'Segments being spoken just now',
      () => figures().recognition.openSegments,
    );
    this.#gauge(
      'recognition_final_share',
      'Share of the slots that finals take',
      () => figures().recognition.finalShare,
    );
    this.#gauge(
      'partial_interval_seconds',
      'Time between two readings of an open segment',
      () => figures().recognition.intervalMs / 1000,
    );
    this.#gauge(
      'load_step',
      'What is given up: 0 nothing, 1 partials rarer, 2 untranslated, 3 finals only, 4 newcomers refused',
      () => LOAD_STEPS.indexOf(figures().recognition.step),
    );
    this.#gauge('translation_jobs', 'Finals being translated', () => figures().translationJobs);
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name: `parlance_${name}`, help, registers: [this.registry] });
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `parlance_${name}`,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }
}
