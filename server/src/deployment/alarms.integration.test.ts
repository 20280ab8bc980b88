import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Metric } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ServerMetrics } from '../metrics/server-metrics.ts';
import type { OutsideEngines } from '../outside/outside-engines.ts';
import { registerOutsideMetrics } from '../outside/outside-metrics.ts';
import {
  type ScriptedApplication,
  startScriptedApplication,
} from '../testing/scripted-application.ts';
import { projectRoot } from '../testing/speech-corpus.ts';
import { TranslationCache } from '../translation/cache/cache-finals.ts';

const FOLDER = join(projectRoot(), 'deploy/prometheus');
const RULES: { groups: { rules: { alert: string; expr: string }[] }[] } = parse(
  readFileSync(join(FOLDER, 'rules.yml'), 'utf8'),
);
const DASHBOARD: { panels: { type: string; title: string; targets?: { expr: string }[] }[] } =
  JSON.parse(readFileSync(join(projectRoot(), 'deploy/grafana/parlance.json'), 'utf8'));
const rules = RULES.groups.flatMap((group) => group.rules);
const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...DASHBOARD.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [title, expr] as const),
  ),
];

/** As where a service outside is one of the engines. */
const OUTSIDE: OutsideEngines = {
  cache: new TranslationCache(),
  status: () => [
    { name: 'openai', state: 'up', running: 1, waiting: 0, outcomes: new Map([['ok', 1]]) },
  ],
};

const promtool = (...args: string[]) => promisify(execFile)('promtool', args, { cwd: FOLDER });

/** JSON is YAML too. */
async function inFile<T>(json: string, work: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-promtool-'));
  try {
    const file = join(folder, 'file.yml');
    await writeFile(file, json);
    return await work(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('promtool', () => {
  test('finds the rules right', async () => {
    const { stdout } = await promtool('check', 'rules', 'rules.yml');
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  });

  test('finds the configuration right', async () => {
    // The file with the key is there in its container only.
    const { stdout } = await promtool('check', 'config', '--syntax-only', 'prometheus.yml');
    expect(stdout).toContain('SUCCESS');
  });

  test('finds that for a cluster right, but for what Debian built it without', async () => {
    const path = join(projectRoot(), 'deploy/kubernetes/prometheus-scrape.yaml');
    const { scrape_configs: jobs } = parse(readFileSync(path, 'utf8'));
    const known = jobs.map(
      ({ kubernetes_sd_configs: _, ...job }: object & Record<string, unknown>) => ({
        ...job,
        static_configs: [{ targets: ['node:8080'] }],
      }),
    );
    const stdout = await inFile(JSON.stringify({ scrape_configs: known }), async (file) => {
      return (await promtool('check', 'config', '--syntax-only', file)).stdout;
    });
    expect(stdout).toContain('SUCCESS');
  });

  test('sees every alarm go off when it should, and not before', async () => {
    await promtool('test', 'rules', 'rules.test.yml');
    const tested = readFileSync(join(FOLDER, 'rules.test.yml'), 'utf8');
    for (const { alert } of rules) expect(tested).toContain(`alertname: ${alert}`);
  });

  test('reads every expression of the dashboard', async () => {
    // As Grafana fills it in.
    const groups = [
      {
        name: 'dashboard',
        rules: expressions.map(([, expr], index) => ({
          record: `panel:${index}`,
          expr: expr.replaceAll('$node', '.*'),
        })),
      },
    ];
    const stdout = await inFile(JSON.stringify({ groups }), async (file) => {
      return (await promtool('check', 'rules', '--lint=none', file)).stdout;
    });
    expect(stdout).toContain(`SUCCESS: ${expressions.length} rules found`);
  });
});

describe('what alarms and panels ask for', () => {
  let node: ScriptedApplication;
  /** Names as they stand in an answer, those of a histogram's parts too. */
  let exported: Map<string, string>;

  beforeAll(async () => {
    node = await startScriptedApplication({}, { outside: OUTSIDE });
    const text = await (await fetch(`${node.application.url}/metrics`)).text();
    exported = new Map(
      [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', type = '']) =>
        type === 'histogram'
          ? ['_bucket', '_sum', '_count'].map((part) => [name + part, type] as const)
          : [[name, type] as const],
      ),
    );
  });
  afterAll(() => node.close());

  test.each(expressions)('%s names only what a server exports', (_, expr) => {
    const names = expr.match(/\b(?:parlance|process|nodejs)_\w+/g) ?? ['up'];
    for (const name of names) {
      expect(name === 'up' || exported.has(name), name).toBe(true);
      // A rate of what goes up and down means nothing, nor does a counter without one.
      const isRate = new RegExp(`(?:rate|increase)\\(\\s*${name}\\b`).test(expr);
      if (name !== 'up') expect(exported.get(name) !== 'gauge', `rate of ${name}`).toBe(isRate);
    }
  });

  test.each(expressions)('%s selects by labels that there are', (_, expr) => {
    const { registry } = new ServerMetrics(() => {
      throw new Error('Expected labels only.');
    });
    registerOutsideMetrics(registry, OUTSIDE);
    const ofPrometheus = ['job', 'instance', 'le'];
    for (const [, series = '', selector = ''] of expr.matchAll(/\b(parlance_\w+)\{([^}]*)\}/g)) {
      const name = series.replace(/_(?:bucket|sum|count)$/, '');
      const metric = registry.getSingleMetric(name) as
        | (Metric & { readonly labelNames: readonly string[] })
        | undefined;
      const known = [...ofPrometheus, ...(metric?.labelNames ?? [])];
      for (const [, label] of selector.matchAll(/(\w+)\s*=~?/g))
        expect(known, name).toContain(label);
    }
  });

  test('every metric of Parlance is explained to operators', () => {
    const manual = readFileSync(join(projectRoot(), 'docs/operations.md'), 'utf8');
    const own = new Set(
      [...exported.keys()]
        .filter((name) => name.startsWith('parlance_'))
        .map((name) => name.replace(/_(?:bucket|sum|count)$/, '')),
    );
    const alerts = rules.map(({ alert }) => alert);
    expect([...own, ...alerts].filter((name) => !manual.includes(`\`${name}\``))).toEqual([]);
  });
});
