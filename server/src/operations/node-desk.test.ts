import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nodeReport } from '../../../client/src/status/testing/node-reports.ts';
import { AppError } from '../../../shared/errors.ts';
import type { NodeReport } from '../../../shared/http-answers.ts';
import type { LiveFigures } from '../metrics/live-figures.ts';
import { ServerMetrics } from '../metrics/server-metrics.ts';
import { type BoardLook, REPORT_INTERVAL_MS } from './node-board.ts';
import { clusterStatus, NodeDesk } from './node-desk.ts';

const LIVE: LiveFigures = {
  viewers: 40,
  rooms: 2,
  decoders: {
    slots: 50,
    live: 3,
    waiting: 1,
    idle: 2,
    starting: 0,
    failures: 0,
    replaced: 0,
    concealed: 0,
    corrupt: 0,
  },
  recognition: {
    slots: 2,
    running: 2,
    finalsWaiting: 1,
    partialsWaiting: 4,
    openSegments: 3,
    finalShare: 0.2,
    intervalMs: 700,
    step: 'slower',
  },
  loadTimes: [],
  translation: { total: 2, inUse: 2, waiting: 3 },
  translationJobs: 5,
  connections: 43,
  maxConnections: 2_500,
  memoryBytes: 512 * 2 ** 20,
  memoryLimitBytes: 2_048 * 2 ** 20,
  redisUp: true,
  draining: false,
};
const away = () => new AppError('store_unavailable', 'Redis does not answer.');

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function open(look: () => Promise<BoardLook>, publish = (_: NodeReport) => Promise.resolve()) {
  const published: NodeReport[] = [];
  const removed: string[] = [];
  const metrics = new ServerMetrics(() => LIVE);
  const desk = new NodeDesk({
    board: {
      publish: async (report) => {
        await publish(report);
        published.push(report);
      },
      read: look,
      remove: async (node) => void removed.push(node),
    },
    machine: {
      look: () =>
        Promise.resolve({
          cpuPercent: 30,
          processCpuPercent: 55,
          eventLoopDelayMs: 2,
          cores: 2,
          disk: null,
        }),
      close: () => undefined,
    },
    figures: () => ({
      node: 'own',
      name: 'here:8080',
      version: '0.1.0',
      problems: [],
      live: LIVE,
      metrics,
    }),
    redisConnections: () => Promise.resolve(7),
  });
  return { desk, metrics, published, removed };
}

const nobodyElse = () => Promise.resolve({ nodes: [], silent: [] });

test('a node tells how it fares, again and again, until it leaves', async () => {
  const { desk, published, removed } = open(nobodyElse);
  await vi.advanceTimersByTimeAsync(3 * REPORT_INTERVAL_MS);
  expect(published).toHaveLength(4);
  expect(published[0]).toMatchObject({
    node: 'own',
    status: { current_connections: 43, memory_usage_mb: 512, memory_limit_mb: 2_048 },
    performance: { active_conversions: 3, utilization_percent: 6, memory_percent: 25 },
    concurrent: {
      slots: {
        conversion: { total: 50, in_use: 3, waiting: 1 },
        recognition: { total: 2, in_use: 2, waiting: 5 },
        translation: { total: 2, in_use: 2, waiting: 3 },
      },
      sessions: 3,
      viewers: 40,
      utilization: 6,
      load_step: 'slower',
    },
  });
  await desk.close();
  expect(removed).toEqual(['own']);
  expect(vi.getTimerCount()).toBe(0);
});

test('[INV4] a slow Redis is not given a second report before the first is taken', async () => {
  let asked = 0;
  const { desk } = open(nobodyElse, () => {
    asked += 1;
    return asked === 1 ? Promise.resolve() : new Promise(() => undefined);
  });
  await vi.advanceTimersByTimeAsync(10 * REPORT_INTERVAL_MS);
  expect(asked).toBe(2);
  expect((await desk.own()).node).toBe('own');
});

test('others are told of as they told it, this node as it is now', async () => {
  const other = nodeReport({ name: 'away:8080', sessions: 9 });
  const stale = { ...nodeReport({ name: 'here:8080' }), node: 'own' };
  const silent = [{ node: 'gone', name: 'gone:8080', seconds: 12, reason: 'silent' as const }];
  const { desk } = open(() => Promise.resolve({ nodes: [other, stale], silent }));
  const answer = await desk.all();
  expect(answer.nodes.map(({ name, concurrent }) => [name, concurrent.sessions])).toEqual([
    ['away:8080', 9],
    ['here:8080', 3],
  ]);
  expect(answer).toMatchObject({ complete: false, silent_nodes: silent, problem: null });
  const status = clusterStatus(answer);
  expect(status.current_connections).toBe(9 + 43);
  expect(status.nodes.map(({ name }) => name)).toEqual(['away:8080', 'here:8080']);
  await desk.close();
});

test('without Redis it tells of itself alone, and why', async () => {
  const { desk } = open(
    () => Promise.reject(away()),
    () => Promise.reject(away()),
  );
  const answer = await desk.all();
  expect(answer.nodes).toHaveLength(1);
  expect(answer.complete).toBe(false);
  expect(answer.problem).toMatch(/Redis/);
  await desk.close();
});

test('times are those that were measured', async () => {
  const { desk, metrics } = open(nobodyElse);
  metrics.taskDone('recognition', 'done', 0.2);
  metrics.taskDone('recognition', 'done', 0.4);
  metrics.taskDone('recognition', 'failed', null);
  metrics.captionLag('final', 0.75);
  const { performance } = await desk.own();
  expect(performance.average_processing_time).toBeCloseTo(0.3);
  expect(performance.recognition_times).toMatchObject({ count: 2, median: 0.2, p99: 0.4 });
  expect(performance.caption_lag.p95).toBe(0.75);
  expect(performance.totals.recognitions).toBe(3);
  await desk.close();
});
