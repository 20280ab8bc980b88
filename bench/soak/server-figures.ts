import { sampleServer } from '../live/process-stages.ts';
import { openFiles, residentMb } from '../live/process-table.ts';

/** Garbage comes and goes in them: told by their slope. */
export const MEMORY_FIGURES = ['rssMb', 'heapMb', 'externalMb', 'redisMb'] as const;
/** What a server holds of the system. */
export const HELD_FIGURES = ['openFiles', 'children', 'threads', 'timers', 'handles'] as const;
/** Zero while nobody is there. */
export const GUEST_FIGURES = [
  ...(['sessions', 'viewers', 'rooms', 'decodersUsed', 'decodersWaiting'] as const),
  ...(['recognitionRunning', 'finalsWaiting', 'partialsWaiting', 'translationJobs'] as const),
] as const;
export const FIGURES = [...MEMORY_FIGURES, ...HELD_FIGURES, ...GUEST_FIGURES] as const;
export type Figure = (typeof FIGURES)[number];
export type Figures = Readonly<Record<Figure, number>>;

const BYTES_PER_MB = 2 ** 20;

/** One look at a server: its metrics, and what the system tells of its processes. */
export async function lookAt(url: string, pid: number): Promise<Figures> {
  const answer = await fetch(new URL('metrics', `${url}/`));
  const metrics = parseMetrics(await answer.text());
  const metric = (name: string): number => {
    const value = metrics.get(name);
    if (value === undefined) throw new Error(`Expected a metric ${name} of the server, got none.`);
    return value;
  };
  const sample = sampleServer(pid);
  const redis = sample?.children.filter(({ stage }) => stage === 'Redis') ?? [];
  return {
    rssMb: sample?.rssMb ?? Number.NaN,
    heapMb: metric('nodejs_heap_size_used_bytes') / BYTES_PER_MB,
    externalMb: metric('nodejs_external_memory_bytes') / BYTES_PER_MB,
    redisMb: redis.reduce((sum, { id }) => sum + residentMb(id), 0),
    openFiles: openFiles(pid) ?? Number.NaN,
    children: sample?.children.length ?? Number.NaN,
    threads: sample?.threads ?? Number.NaN,
    timers: metrics.get('nodejs_active_resources{type="Timeout"}') ?? 0,
    handles: metric('nodejs_active_handles_total'),
    sessions: metric('parlance_sessions'),
    viewers: metric('parlance_viewers'),
    rooms: metric('parlance_rooms'),
    decodersUsed: metric('parlance_slots_used{kind="decoding"}'),
    decodersWaiting: metric('parlance_slots_waiting{kind="decoding"}'),
    recognitionRunning: metric('parlance_slots_used{kind="recognition"}'),
    finalsWaiting: metric('parlance_queue_length{queue="finals"}'),
    partialsWaiting: metric('parlance_queue_length{queue="partials"}'),
    translationJobs: metric('parlance_queue_length{queue="translations"}'),
  };
}

/** Prometheus' text format: values by name with labels, as they stand there. */
export function parseMetrics(text: string): Map<string, number> {
  const metrics = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-zA-Z_:][^ {]*(?:\{.*\})?) ([^ ]+)/.exec(line) ?? [];
    if (name !== undefined && !line.startsWith('#')) metrics.set(name, Number(value));
  }
  return metrics;
}
