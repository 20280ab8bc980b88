import type { NodeReport, Times } from '../../../shared/http-answers.ts';
import type { LiveFigures } from '../metrics/live-figures.ts';
import type { RecentTimes } from '../metrics/recent-times.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import type { MachineLook } from './machine-figures.ts';

const BYTES_PER_MIB = 2 ** 20;
const MICROSECONDS = 1e6;

export interface ReportParts {
  readonly node: string;
  readonly name: string;
  readonly version: string;
  readonly problems: readonly string[];
  readonly live: LiveFigures;
  readonly metrics: Pick<ServerMetrics, 'times' | 'totals'>;
  readonly machine: MachineLook;
  /** All clients of the Redis, or null while it is away. */
  readonly redisConnections: number | null;
  readonly uptimeS: number;
}

/** All that one node tells of itself. Pure. */
export function nodeReport(parts: ReportParts): NodeReport {
  const { live, metrics, machine } = parts;
  const { decoders, recognition } = live;
  const memoryMb = tenths(live.memoryBytes / BYTES_PER_MIB);
  const memoryLimitMb = tenths(live.memoryLimitBytes / BYTES_PER_MIB);
  const utilization = tenths((100 * decoders.live) / decoders.slots);
  const recognitionTimes = timesOf(metrics.times.recognition);
  return {
    node: parts.node,
    name: parts.name,
    version: parts.version,
    age_seconds: 0,
    problems: [...parts.problems],
    status: {
      current_connections: live.connections,
      max_connections: live.maxConnections,
      memory_usage_mb: memoryMb,
      memory_limit_mb: memoryLimitMb,
      total_requests: metrics.totals.requests,
      error_count: metrics.totals.errors,
    },
    performance: {
      active_conversions: decoders.live,
      utilization_percent: utilization,
      average_processing_time: recognitionTimes.mean,
      cpu_percent: machine.cpuPercent,
      process_cpu_percent: machine.processCpuPercent,
      memory_usage: memoryMb,
      memory_percent: tenths((100 * live.memoryBytes) / live.memoryLimitBytes),
      event_loop_delay_ms: machine.eventLoopDelayMs,
      uptime_seconds: Math.round(parts.uptimeS),
      totals: {
        requests: metrics.totals.requests,
        errors: metrics.totals.errors,
        conversions: metrics.totals.tasks.conversion,
        recognitions: metrics.totals.tasks.recognition,
        translations: metrics.totals.tasks.translation,
        finals: metrics.totals.finals,
      },
      conversion_times: timesOf(metrics.times.conversion),
      recognition_times: recognitionTimes,
      translation_times: timesOf(metrics.times.translation),
      caption_lag: timesOf(metrics.times.captionLag),
      translation_lag: timesOf(metrics.times.translationLag),
      delivery_lag: timesOf(metrics.times.deliveryLag),
      cores: machine.cores,
      disk: machine.disk,
      redis: { reachable: live.redisUp, connections: parts.redisConnections },
    },
    concurrent: {
      slots: {
        conversion: { total: decoders.slots, in_use: decoders.live, waiting: decoders.waiting },
        recognition: {
          total: recognition.slots,
          in_use: recognition.running,
          waiting: recognition.finalsWaiting + recognition.partialsWaiting,
        },
        translation: {
          total: live.translation.total,
          in_use: live.translation.inUse,
          waiting: live.translation.waiting,
        },
      },
      sessions: decoders.live,
      viewers: live.viewers,
      rooms: live.rooms,
      utilization,
      connections: { current: live.connections, max: live.maxConnections },
      load_step: recognition.step,
      draining: live.draining,
    },
  };
}

function timesOf(times: RecentTimes): Times {
  const { count, mean, median, p95, p99 } = times.summary();
  return { count, mean: micros(mean), median: micros(median), p95: micros(p95), p99: micros(p99) };
}

function micros(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(Math.max(0, seconds) * MICROSECONDS) / MICROSECONDS;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
