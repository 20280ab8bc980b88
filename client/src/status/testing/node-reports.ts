import type {
  NodeReport,
  NodesAnswer,
  SilentNode,
  Times,
} from '../../../../shared/http-answers.ts';

/** What a test says of a node; the rest is like that of any other. */
export interface ScriptedNode {
  name: string;
  node?: string;
  sessions?: number;
  viewers?: number;
  errors?: number;
  lagS?: number | null;
  problems?: string[];
  draining?: boolean;
}

export function nodeReport(scripted: ScriptedNode): NodeReport {
  const { name, node = name, sessions = 0, viewers = 0, errors = 0, lagS = null } = scripted;
  const times: Times = {
    count: lagS === null ? 0 : 9,
    mean: lagS,
    median: lagS,
    p95: lagS,
    p99: lagS,
  };
  const slots = { total: 50, in_use: sessions, waiting: 0 };
  return {
    node,
    name,
    version: '0.1.0',
    age_seconds: 0.4,
    problems: scripted.problems ?? [],
    status: {
      current_connections: sessions + viewers,
      max_connections: 2_500,
      memory_usage_mb: 612.4,
      memory_limit_mb: 4_096,
      total_requests: 10_400,
      error_count: errors,
    },
    performance: {
      active_conversions: sessions,
      utilization_percent: sessions * 2,
      average_processing_time: 0.21,
      cpu_percent: 37.5,
      process_cpu_percent: 61,
      memory_usage: 612.4,
      memory_percent: 15,
      event_loop_delay_ms: 3.1,
      uptime_seconds: 7_512,
      totals: {
        requests: 10_400,
        errors,
        conversions: 12,
        recognitions: 4_012,
        translations: 811,
        finals: 907,
      },
      conversion_times: times,
      recognition_times: times,
      translation_times: times,
      caption_lag: times,
      translation_lag: times,
      delivery_lag: times,
      cores: 2,
      disk: { total_mb: 100_000, free_mb: 61_000, used_percent: 39 },
      redis: { reachable: true, connections: 15 },
    },
    concurrent: {
      slots: { conversion: slots, recognition: slots, translation: slots },
      sessions,
      viewers,
      rooms: Math.ceil(sessions / 2),
      utilization: sessions * 2,
      connections: { current: sessions + viewers, max: 2_500 },
      load_step: 'full',
      draining: scripted.draining ?? false,
    },
  };
}

export function nodesAnswer(nodes: NodeReport[], silent: SilentNode[] = []): NodesAnswer {
  return { nodes, silent_nodes: silent, complete: silent.length === 0, problem: null };
}
