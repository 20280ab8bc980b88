import type { Cluster } from '../cluster/start-cluster.ts';
import type { ProcessReport } from '../cluster/supervised-process.ts';

type News = Parameters<ProcessReport>[0];

const TITLES: Readonly<Record<News['event'], string>> = {
  ready: 'is ready',
  died: 'died, and is started again',
  leaving: 'is asked to leave',
  killed: 'was killed',
};

/** One line for each thing that happens to a process of the cluster. */
export function clusterNews(news: News, json: boolean, at = new Date()): string {
  if (json) return `${JSON.stringify({ type: 'process', at, ...news })}\n`;
  const time = at.toTimeString().slice(0, 8);
  return `  ${time}  ${news.name} ${TITLES[news.event]} (${news.detail})\n`;
}

/** What is printed once everything runs. */
export function clusterBanner(
  { url, nodes, redisUrl, warnings }: Pick<Cluster, 'url' | 'nodes' | 'redisUrl' | 'warnings'>,
  json: boolean,
): string {
  if (json) {
    const told = nodes.map((node) => ({ name: node.name, url: node.url, pid: node.pid }));
    return `${JSON.stringify({ type: 'listening', url, nodes: told, warnings })}\n`;
  }
  return [
    '',
    `Parlance is listening, with ${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'} behind nginx.`,
    '',
    `  Open       ${url.replace('127.0.0.1', 'localhost')}`,
    '',
    ...nodes.map((node) => `  ${node.name.padEnd(10)} ${node.url} (process ${node.pid})`),
    `  redis      ${withoutPassword(redisUrl)}`,
    '',
    ...warnings.map((warning) => `  Note: ${warning}`),
    ...(warnings.length > 0 ? [''] : []),
    '  Ctrl-C drains all of them. “parlance cluster restart” (or SIGUSR2) restarts node after node.',
    '',
    '',
  ].join('\n');
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}
