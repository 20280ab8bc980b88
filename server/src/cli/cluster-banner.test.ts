import { expect, test } from 'vitest';
import { clusterBanner, clusterNews } from './cluster-banner.ts';

const cluster = {
  url: 'http://127.0.0.1:8080',
  nodes: [{ name: 'node-1', url: 'http://127.0.0.1:40001', pid: 7 }],
  redisUrl: 'redis://:secret-of-redis@127.0.0.1:6379',
  warnings: ['Redis may forget.'],
};

test('says where to go, what runs, and what is weaker; no password [INV7]', () => {
  const text = clusterBanner(cluster, false);
  expect(text).toContain('with 1 node behind nginx');
  expect(text).toContain('http://localhost:8080');
  expect(text).toContain('node-1     http://127.0.0.1:40001 (process 7)');
  expect(text).toContain('redis://127.0.0.1:6379');
  expect(text).toContain('Note: Redis may forget.');
  expect(text).not.toContain('secret-of-redis');
});

test('as JSON, one line for programs', () => {
  const text = clusterBanner(cluster, true);
  expect(text).not.toContain('secret-of-redis');
  expect(JSON.parse(text)).toMatchObject({
    type: 'listening',
    url: cluster.url,
    nodes: cluster.nodes,
  });
});

test('each event of a process is a line', () => {
  const news = { name: 'node-2', event: 'died', pid: null, detail: 'SIGKILL' } as const;
  const at = new Date(2026, 0, 1, 9, 5, 7);
  expect(clusterNews(news, false, at)).toBe(
    '  09:05:07  node-2 died, and is started again (SIGKILL)\n',
  );
  expect(JSON.parse(clusterNews(news, true, at))).toMatchObject({ type: 'process', ...news });
});
