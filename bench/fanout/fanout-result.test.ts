import { expect, test } from 'vitest';
import { formatTable } from '../scoring/table.ts';
import type { CrowdLog } from './crowd-messages.ts';
import { type FanoutRun, fanoutCharts, fanoutResult, fanoutTables } from './fanout-result.ts';

const log = (language: string, given: Partial<CrowdLog> = {}): CrowdLog => ({
  language,
  viewers: 2,
  originalMs: Float64Array.of(10, 20, 30, 40),
  translationMs: Float64Array.of(50, 60),
  lastMs: [20, 40],
  originals: { fewest: 2, most: 2 },
  translations: { fewest: 1, most: 1 },
  ...{ misplaced: 0, lost: 0, partials: 100 },
  ...given,
});
const node = {
  viewers: 2,
  seconds: 10,
  mainSeconds: 1,
  allSeconds: 5,
  rssHalfMb: 100,
  rssMb: 101,
};
const RUN: FanoutRun = {
  logs: [log('es'), log('ca')],
  nodes: [
    { ...node, name: 'node 1' },
    { ...node, name: 'node 2' },
  ],
  ...{ finals: 2, finalsWithWords: 1, translationsMade: 2 },
  ...{ joinSeconds: 2, crowdCpuSeconds: 3, spokenSeconds: 10 },
};

test('[INV6] deliveries, costs, and that each language was translated once', () => {
  expect(fanoutResult(RUN)).toMatchObject({
    ...{ viewers: 4, languages: ['es', 'ca'], finals: 2, delivered: 12, missing: 0, misplaced: 0 },
    lastMs: [20, 40],
    originalMs: { count: 8, p50: 20, p95: 40, p99: 40, max: 40 },
    translationMs: { count: 4, p50: 50, max: 60 },
    ...{ translationsDue: 2, translationsMade: 2, joinsPerSecond: 2, kbPerViewer: 1024 },
    ...{ crowdCores: 0.3, partials: 200 },
  });
  expect(fanoutResult(RUN).nodes[0]).toMatchObject({ mainCores: 0.1, allCores: 0.5 });
});

test('[INV1] what did not reach a viewer is counted', () => {
  const logs = [log('es'), log('ca', { originalMs: Float64Array.of(10), lost: 1, misplaced: 2 })];
  expect(fanoutResult({ ...RUN, logs })).toMatchObject({
    missing: 3,
    lostConnections: 1,
    misplaced: 2,
  });
});

test('tables and charts can be drawn', () => {
  const text = fanoutTables(fanoutResult(RUN)).map(formatTable).join('\n');
  expect(text).toContain('2 translations made, 2 due');
  expect(text).toContain('1024 KB of memory a viewer');
  expect(fanoutCharts(RUN.logs)[0]?.series).toHaveLength(2);
});
