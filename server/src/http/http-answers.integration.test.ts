import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Express } from 'express';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  clusterStatusSchema,
  concurrentStatusSchema,
  performanceSchema,
  statusSchema,
} from '../../../shared/http-answers.ts';
import {
  type ScriptedApplication,
  startScriptedApplication,
} from '../testing/scripted-application.ts';
import { projectRoot } from '../testing/speech-corpus.ts';
import type { ShownSchema } from './openapi/describe-schema.ts';
import { operationsOf } from './openapi/document.ts';

const ACCESS_KEY = 'the-key-of-an-operator';
const WITH_KEY = { 'X-API-Key': ACCESS_KEY };

/** The very application that answers, for its list of routes. */
const built = vi.hoisted((): { app: Express | null } => ({ app: null }));
vi.mock('./http-app.ts', async (importActual) => {
  const actual = await importActual<typeof import('./http-app.ts')>();
  const createHttpApp: typeof actual.createHttpApp = (parts) => {
    built.app = actual.createHttpApp(parts);
    return built.app;
  };
  return { createHttpApp };
});

let node: ScriptedApplication;
let pageFolder: string;

beforeAll(async () => {
  pageFolder = await mkdtemp(join(tmpdir(), 'parlance-page-'));
  await writeFile(join(pageFolder, 'index.html'), '<!doctype html><title>Parlance</title>');
  node = await startScriptedApplication(
    { ACCESS_KEY, RATE_LIMIT_PER_MINUTE: 1000 },
    {},
    undefined,
    { pageFolder },
  );
});
afterAll(async () => {
  await node.close();
  await rm(pageFolder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = WITH_KEY) =>
  fetch(node.application.url + path, { headers });

type Document = Parameters<typeof operationsOf>[0];
const describedBy = async (): Promise<Document> =>
  (await (await get('/openapi.json')).json()) as Document;

/** What stands for parameters in an address. */
const EXAMPLE: Readonly<Record<string, string>> = {
  '/api/v1/languages': '/api/v1/languages?from=en',
  '/speak/{room}': '/speak/room-1',
  '/watch/{room}': '/watch/room-1',
};

describe('what the document says', () => {
  test('is true of every path that can be asked: status, type and schema', async () => {
    const document = await describedBy();
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema({ $id: 'document', ...document });
    const asked: string[] = [];
    for (const { path, method, operation } of operationsOf(document)) {
      if (method !== 'get') continue;
      const answer = await get(EXAMPLE[path] ?? path);
      expect(answer.status, path).toBe(200);
      const described = operation.responses?.['200'];
      const content = described !== undefined && 'content' in described ? described.content : {};
      const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
      expect(Object.keys(content ?? {}), path).toEqual([type]);
      asked.push(path);
      if (type !== 'application/json') continue;
      const pointer = `document#/paths/${path.replaceAll('/', '~1')}/get/responses/200/content/application~1json/schema`;
      const validate = ajv.getSchema(pointer);
      expect(validate?.(await answer.json()), `${path} ${ajv.errorsText(validate?.errors)}`).toBe(
        true,
      );
    }
    expect(asked.length).toBeGreaterThan(15);
  });

  test('is of every route that there is, and of no other', async () => {
    const document = await describedBy();
    const described = operationsOf(document).map(({ method, path }) => `${method} ${path}`);
    const routes = routesOf(built.app?.router.stack ?? []);
    expect(routes.length).toBeGreaterThan(15);
    expect(described.sort()).toEqual(routes.sort());
  });

  test('has a line in the manual for every path', async () => {
    const manual = await readFile(join(projectRoot(), 'docs/http.md'), 'utf8');
    const paths = Object.keys((await describedBy()).paths ?? {})
      .filter((path) => path !== '/docs/style.css')
      .map((path) => path.replace('{room}', 'ROOM'));
    const told = (path: string) => manual.includes(`GET ${path}`) || manual.includes(`\`${path}`);
    expect(paths.filter((path) => !told(path) && !manual.includes(`POST ${path}`))).toEqual([]);
  });

  test('names what an operator was promised', async () => {
    expect(Object.keys(statusSchema.shape)).toEqual([
      'current_connections',
      'max_connections',
      'memory_usage_mb',
      'memory_limit_mb',
      'total_requests',
      'error_count',
    ]);
    expect(Object.keys(performanceSchema.shape)).toEqual(
      expect.arrayContaining([
        'active_conversions',
        'utilization_percent',
        'average_processing_time',
        'cpu_percent',
        'memory_usage',
        'totals',
        'conversion_times',
        'recognition_times',
        'translation_times',
        'cores',
        'disk',
        'redis',
      ]),
    );
    expect(Object.keys(concurrentStatusSchema.shape)).toEqual(
      expect.arrayContaining(['slots', 'sessions', 'viewers', 'utilization']),
    );
  });

  test('can be read as a page, without anything that the policy of the page forbids', async () => {
    const answer = await get('/docs');
    const html = await answer.text();
    const { paths = {}, components = {} } = await describedBy();
    for (const path of Object.keys(paths)) expect(html).toContain(`<code>${path}</code>`);
    for (const name of Object.keys((components.schemas ?? {}) as Record<string, ShownSchema>)) {
      expect(html).toContain(`id="schema-${name}"`);
    }
    expect(html).not.toMatch(/<script|style=|https?:\/\//);
  });
});

const METRICS = ['/metrics', '/metrics.json'];
const FIGURES = [
  '/status',
  '/status?cluster=1',
  '/api/v1/performance',
  '/api/v1/concurrent-status',
  '/api/v1/nodes',
];

describe('who may ask', () => {
  test.each([...METRICS, ...FIGURES])('%s needs a key that may operate', async (path) => {
    expect((await get(path, {})).status).toBe(401);
    expect((await get(path, { 'X-API-Key': 'another-key-than-that' })).status).toBe(401);
    expect((await get(path, { Authorization: `Bearer ${ACCESS_KEY}` })).status).toBe(200);
  });

  test.each(['/health', '/ready', '/api/v1/info', '/openapi.json', '/docs', '/operate'])(
    '%s is for everybody',
    async (path) => {
      expect((await get(path, {})).status).toBe(200);
    },
  );
});

describe('requests a minute', () => {
  const limitTold = async (path: string, headers?: Record<string, string>) =>
    (await get(path, headers)).headers.get('ratelimit-policy');

  test.each([...FIGURES, '/api/v1/info', '/openapi.json', '/docs'])(
    '%s counts for the key, and for the address of who has none',
    async (path) => {
      expect(await limitTold(path)).toBe('"key";q=1000;w=60');
      expect(await limitTold(path, {})).toBe('"address";q=6000;w=60');
    },
  );

  test.each(['/health', '/ready', '/operate', ...METRICS])('%s does not count', async (path) => {
    expect(await limitTold(path)).toBeNull();
  });
});

describe('what is asked wrongly', () => {
  test('an unknown path is 404, a known one by another method 405 with what is allowed', async () => {
    expect((await get('/nothing')).status).toBe(404);
    const answer = await fetch(`${node.application.url}/status`, {
      method: 'DELETE',
      headers: WITH_KEY,
    });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
    expect(await answer.json()).toMatchObject({ error: { code: 'method_not_allowed' } });
  });

  test.each(['/status?cluster=2', '/status?cluster=1&cluster=0', '/api/v1/languages'])(
    '%s is 400',
    async (path) => {
      expect((await get(path)).status).toBe(400);
    },
  );
});

describe('how the node fares', () => {
  test('requests and errors are counted, and each answer has an id', async () => {
    const status = async () => statusSchema.parse(await (await get('/status')).json());
    const before = await status();
    const refused = await get('/status', {});
    expect(refused.headers.get('x-request-id')).toMatch(/^[\w-]{12}$/);
    // Nobody but a trusted proxy says what a request is called in our log.
    const named = await get('/health', { 'X-Request-Id': 'from-somebody' });
    expect(named.headers.get('x-request-id')).toMatch(/^[\w-]{12}$/);
    const after = await status();
    expect(after.error_count).toBe(before.error_count + 1);
    expect(after.total_requests).toBe(before.total_requests + 2);
    expect(after.memory_usage_mb).toBeGreaterThan(10);
    expect(after.memory_limit_mb).toBeGreaterThan(after.memory_usage_mb);
  });

  test('connections are counted', async () => {
    const viewer = node.viewer({ protocol: 1, token: ACCESS_KEY });
    await new Promise<void>((resolve) => viewer.once('connect', resolve));
    const status = statusSchema.parse(await (await get('/status')).json());
    expect(status.current_connections).toBe(1);
    viewer.disconnect();
  });

  test('the cluster of one node is that node', async () => {
    const cluster = clusterStatusSchema.parse(await (await get('/status?cluster=1')).json());
    expect(cluster.nodes).toHaveLength(1);
    expect(cluster.complete).toBe(true);
    expect(cluster.max_connections).toBe(cluster.nodes[0]?.max_connections);
  });
});

interface Layer {
  readonly route?:
    | undefined
    | { readonly path: string; readonly stack: readonly { method?: string }[] };
  readonly handle: object;
}

/** Every route of a router and of those within it, as the document writes them. */
function routesOf(stack: readonly Layer[]): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (route === undefined) return 'stack' in handle ? routesOf(handle.stack as Layer[]) : [];
    const methods = new Set(route.stack.map(({ method }) => method ?? 'all'));
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    return [...methods].map((method) => `${method} ${path}`);
  });
}
