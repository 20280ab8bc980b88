import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1';
import {
  HorizontalPodAutoscaler,
  type IHorizontalPodAutoscaler,
} from 'kubernetes-models/autoscaling/v2';
import {
  type IIngress,
  type INetworkPolicy,
  Ingress,
  NetworkPolicy,
} from 'kubernetes-models/networking.k8s.io/v1';
import { type IPodDisruptionBudget, PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { type INamespace, type IService, Namespace, Service } from 'kubernetes-models/v1';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { run } from '../../../scripts/setup/run.mjs';
import { readSettings, SETTING_NAMES } from '../config/settings.ts';
import { ServerMetrics } from '../metrics/server-metrics.ts';
import { projectRoot } from '../testing/speech-corpus.ts';

/** No Kubernetes runs here: the manifests are held against its schemas, each other and the server. */

const FOLDER = join(projectRoot(), 'deploy/kubernetes');
const KUSTOMIZATION = 'kustomization.yaml';
const ADAPTER = 'prometheus-adapter-values.yaml';
/** For other programs than kubectl. */
const HANDED_IN = [ADAPTER, 'prometheus-scrape.yaml'];
const read = (name: string) => parse(readFileSync(join(FOLDER, name), 'utf8'), { merge: true });

const kustomization = read(KUSTOMIZATION);
const namespace: INamespace = read('namespace.yaml');
const deployment: IDeployment = read('deployment.yaml');
const service: IService = read('service.yaml');
const ingress: IIngress = read('ingress.yaml');
const autoscaler: IHorizontalPodAutoscaler = read('horizontal-pod-autoscaler.yaml');
const budget: IPodDisruptionBudget = read('pod-disruption-budget.yaml');
const policy: INetworkPolicy = read('network-policy.yaml');

const pod = deployment.spec?.template;
const [node] = pod?.spec?.containers ?? [];
const [port] = node?.ports ?? [];
const env = new Map(node?.env?.map((variable) => [variable.name, variable]));
const settings = readSettings({
  ...Object.fromEntries([...env].map(([name, { value }]) => [name, value])),
  REDIS_URL: 'redis://redis:6379',
  ACCESS_KEY: 'a-key-of-enough-letters',
});

/** An autoscaler leaves the number of nodes as it is within a tenth of the target. */
const AUTOSCALER_TOLERANCE = 1.1;

/** The types tell what the schemas let pass: fields that Kubernetes does not know. */
const TYPES = [
  ['v1/Namespace', namespace],
  ['apps/v1/Deployment', deployment],
  ['v1/Service', service],
  ['networking.k8s.io/v1/Ingress', ingress],
  ['autoscaling/v2/HorizontalPodAutoscaler', autoscaler],
  ['policy/v1/PodDisruptionBudget', budget],
  ['networking.k8s.io/v1/NetworkPolicy', policy],
] as const;

/** Says what TypeScript says about manifests that are written as literals of their types. */
async function typeProblems(manifests: readonly (readonly [string, object])[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-manifests-'));
  try {
    const file = join(folder, 'manifests.ts');
    const models = join(projectRoot(), 'node_modules/kubernetes-models');
    const lines = manifests.map(([path, manifest], index) => {
      const type = `import(${JSON.stringify(join(models, path))}).I${basename(path)}`;
      return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)};`;
    });
    writeFileSync(file, lines.join('\n'));
    const tsc = join(projectRoot(), 'node_modules/typescript/bin/tsc');
    const flags = ['--noEmit', '--strict', '--skipLibCheck', '--ignoreConfig', '--types', ''];
    const how = ['--module', 'esnext', '--moduleResolution', 'bundler', file];
    return (await run(process.execPath, [tsc, ...flags, ...how])).output;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the schemas of Kubernetes', () => {
  test.each([
    ['Namespace', new Namespace(namespace)],
    ['Deployment', new Deployment(deployment)],
    ['Service', new Service(service)],
    ['Ingress', new Ingress(ingress)],
    ['HorizontalPodAutoscaler', new HorizontalPodAutoscaler(autoscaler)],
    ['PodDisruptionBudget', new PodDisruptionBudget(budget)],
    ['NetworkPolicy', new NetworkPolicy(policy)],
  ])('%s fits its own', (_kind, model) => {
    expect(() => model.validate()).not.toThrow();
  });

  test('no field has a name that Kubernetes does not know', async () => {
    const misspelt = { ...budget, spec: { ...budget.spec, maxUnavailible: 1 } };
    const [problems, expected] = await Promise.all([
      typeProblems(TYPES),
      typeProblems([['policy/v1/PodDisruptionBudget', misspelt]]),
    ]);
    expect(problems).toBe('');
    expect(expected).toContain('maxUnavailible');
  });

  test('every file is listed, and lies where the others do', () => {
    const files = readdirSync(FOLDER).filter(
      (name) => ![KUSTOMIZATION, ...HANDED_IN].includes(name),
    );
    expect([...kustomization.resources].sort()).toEqual(files.sort());
    expect(kustomization.namespace).toBe(namespace.metadata?.name);
  });
});

describe('among each other', () => {
  test('every selector finds the nodes', () => {
    const labels = pod?.metadata?.labels;
    expect(deployment.spec?.selector.matchLabels).toEqual(labels);
    expect(service.spec?.selector).toEqual(labels);
    expect(budget.spec?.selector?.matchLabels).toEqual(labels);
    expect(policy.spec?.podSelector?.matchLabels).toEqual(labels);
    for (const spread of pod?.spec?.topologySpreadConstraints ?? []) {
      expect(spread.labelSelector?.matchLabels).toEqual(labels);
    }
  });

  test('every port is the one that the server listens on', () => {
    expect(port?.containerPort).toBe(settings.PORT);
    const { livenessProbe, readinessProbe, startupProbe } = node ?? {};
    for (const probe of [livenessProbe, readinessProbe, startupProbe]) {
      expect(probe?.httpGet?.port).toBe(port?.name);
    }
    const [servicePort] = service.spec?.ports ?? [];
    expect(servicePort?.targetPort).toBe(port?.name);
    const [rule] = ingress.spec?.rules ?? [];
    expect(rule?.http?.paths.map(({ backend }) => backend.service)).toEqual([
      { name: service.metadata?.name, port: { name: servicePort?.name } },
    ]);
    expect(policy.spec?.ingress?.[0]?.ports?.[0]?.port).toBe(port?.name);
  });

  test('the image has one name, and the version of the project', () => {
    const { version } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8'));
    const [image] = kustomization.images;
    expect(image.newTag).toBe(version);
    for (const container of [
      ...(pod?.spec?.initContainers ?? []),
      ...(pod?.spec?.containers ?? []),
    ]) {
      expect(container.image).toBe(image.name);
    }
  });

  test('every folder that is written to is a volume: the rest can not be written to', () => {
    const volumes = pod?.spec?.volumes?.map(({ name }) => name);
    const dockerfile = readFileSync(join(projectRoot(), 'Dockerfile'), 'utf8');
    for (const container of [node, pod?.spec?.initContainers?.[0]]) {
      expect(container?.volumeMounts?.map(({ name }) => name)).toEqual(volumes);
      const paths = container?.volumeMounts?.map(({ mountPath }) => mountPath);
      for (const name of ['DATA_DIR', 'PARLANCE_CACHE']) {
        expect(paths).toContain(new RegExp(`${name}=(\\S+)`).exec(dockerfile)?.[1]);
      }
    }
  });

  test('the tls certificate is for the host that is served', () => {
    expect(ingress.spec?.tls?.[0]?.hosts).toEqual(ingress.spec?.rules?.map(({ host }) => host));
  });
});

describe('with the server', () => {
  test('every variable is a setting, and secrets come by reference alone', () => {
    for (const name of env.keys()) expect(SETTING_NAMES).toContain(name);
    for (const name of ['REDIS_URL', 'ACCESS_KEY']) {
      expect(env.get(name)).toEqual({
        name,
        valueFrom: { secretKeyRef: { name: 'parlance', key: name } },
      });
    }
    expect(kustomization.resources.join()).not.toContain('secret');
  });

  test('a node has the time to drain, after the balancers have taken it off', () => {
    const hook = node?.lifecycle?.preStop?.exec?.command ?? [];
    expect(hook[0]).toBe('sleep');
    expect(pod?.spec?.terminationGracePeriodSeconds).toBeGreaterThan(
      Number(hook[1]) + settings.DRAIN_TIMEOUT,
    );
    expect(deployment.spec?.strategy?.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  });

  test('it takes no more than it was given', () => {
    const { requests, limits } = node?.resources ?? {};
    expect(settings.AUDIO_CONVERTER_WORKERS).toBeLessThanOrEqual(Number(requests?.cpu));
    // Half-time speech of about 25 speakers fits one core.
    expect(settings.MAX_LIVE_SESSIONS).toBeLessThanOrEqual(25 * Number(requests?.cpu));
    const memoryMb = Number(/^(\d+)Gi$/.exec(`${limits?.memory}`)?.[1]) * 1024;
    expect(settings.TRANSLATION_MEMORY_MB).toBeLessThan(memoryMb / 2);
  });

  test('nodes are added by a figure that they have, which the adapter serves', () => {
    const { name } = autoscaler.spec?.metrics?.[0]?.pods?.metric ?? {};
    const { registry } = new ServerMetrics(() => {
      throw new Error('Expected names only.');
    });
    expect(registry.getMetricsAsArray().map((metric) => metric.name)).toContain(name);
    const [rule] = read(ADAPTER).rules.custom;
    expect(rule.name.as).toBe(name);
    expect(rule.seriesQuery).toMatch(new RegExp(`^${name}\\{`));
    expect(Object.keys(rule.resources.overrides)).toEqual(['namespace', 'pod']);
    const { kind, name: target } = autoscaler.spec?.scaleTargetRef ?? {};
    expect([kind, target]).toEqual([deployment.kind, deployment.metadata?.name]);
    expect(deployment.spec?.replicas).toBeUndefined();
  });

  test('where a node dies, the others have a place for each of its speakers', () => {
    const wanted = Number(autoscaler.spec?.metrics?.[0]?.pods?.target.averageValue);
    const nodes = autoscaler.spec?.minReplicas ?? 0;
    expect(wanted * AUTOSCALER_TOLERANCE * nodes).toBeLessThanOrEqual(
      settings.MAX_LIVE_SESSIONS * (nodes - 1),
    );
  });

  test('Prometheus asks with a key, and by the names that alarms and the autoscaler need', () => {
    const [job, ...others] = read('prometheus-scrape.yaml').scrape_configs;
    expect(others).toEqual([]);
    expect(job.job_name).toBe('parlance');
    expect(job.authorization.credentials_file).toMatch(/^\//);
    expect(job.kubernetes_sd_configs[0].namespaces.names).toEqual([namespace.metadata?.name]);
    const kept = job.relabel_configs.filter(({ action }: { action?: string }) => action === 'keep');
    expect(kept.map(({ regex }: { regex: string }) => regex)).toEqual([
      pod?.metadata?.labels?.['app.kubernetes.io/name'],
      port?.name,
    ]);
    const made = job.relabel_configs.flatMap(
      ({ target_label }: { target_label?: string }) => target_label ?? [],
    );
    expect(made).toEqual(Object.keys(read(ADAPTER).rules.custom[0].resources.overrides));
  });

  test('WebSockets pass, and a node that is well is never taken for one that hangs', () => {
    const { annotations } = ingress.metadata ?? {};
    expect(annotations?.['nginx.org/websocket-services']).toBe(service.metadata?.name);
    const seconds = /^(\d+)s$/.exec(annotations?.['nginx.org/proxy-read-timeout'] ?? '')?.[1];
    const own = readFileSync(join(projectRoot(), 'nginx.conf'), 'utf8');
    expect(own).toContain(`location /socket/ {`);
    expect(own).toContain(`proxy_read_timeout ${seconds}s;`);
  });

  test('it fits the standard that its namespace asks for', () => {
    expect(namespace.metadata?.labels?.['pod-security.kubernetes.io/enforce']).toBe('restricted');
    expect(pod?.spec?.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const container of [
      ...(pod?.spec?.initContainers ?? []),
      ...(pod?.spec?.containers ?? []),
    ]) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });
});
