import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type ScriptedApplication,
  startScriptedApplication,
} from '../testing/scripted-application.ts';
import { startTestRedis, type TestRedis } from '../testing/test-redis.ts';

/** Two nodes on one Redis, behind a proxy that both trust. */

const ACCESS_KEY = 'the-key-of-a-program';
const PER_MINUTE = 6;

let redis: TestRedis;
let nodes: readonly ScriptedApplication[];

beforeAll(async () => {
  redis = await startTestRedis();
  const settings = {
    ...{ ACCESS_KEY, RATE_LIMIT_PER_MINUTE: PER_MINUTE, TRUST_PROXY: ['loopback'] },
    REDIS_URL: `unix:${redis.server.options.path}`,
  };
  nodes = await Promise.all([
    startScriptedApplication(settings),
    startScriptedApplication(settings),
  ]);
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await redis.close();
});

/** Asks the nodes in turn. */
async function ask(count: number, headers: Record<string, string>): Promise<Response[]> {
  const answers: Response[] = [];
  for (let at = 0; at < count; at += 1) {
    const url = nodes[at % nodes.length]?.application.url;
    answers.push(await fetch(`${url}/api/v1/info`, { headers }));
  }
  return answers;
}

test('[INV4] a key has its requests a minute in the whole cluster, whoever shows it', async () => {
  const answers = await ask(PER_MINUTE, {
    'X-API-Key': ACCESS_KEY,
    'X-Forwarded-For': '198.51.100.1',
  });
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const elsewhere = { Authorization: `Bearer ${ACCESS_KEY}`, 'X-Forwarded-For': '198.51.100.2' };
  for (const refused of await ask(2, elsewhere)) {
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit-policy')).toBe(`"key";q=${PER_MINUTE};w=60`);
    expect(refused.headers.get('ratelimit')).toMatch(/^"key";r=0;t=\d+$/);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(await refused.json()).toMatchObject({ error: { code: 'rate_limited' } });
  }
  const [without] = await ask(1, { 'X-Forwarded-For': '198.51.100.1' });
  expect(without?.status).toBe(200);
});

test('a trusted proxy says what a request is called', async () => {
  const [named] = await ask(1, { 'X-Request-Id': 'from-the-proxy-1' });
  expect(named?.headers.get('x-request-id')).toBe('from-the-proxy-1');
  const [other] = await ask(1, { 'X-Request-Id': 'no id; but "words"' });
  expect(other?.headers.get('x-request-id')).toMatch(/^[\w-]{12}$/);
});
