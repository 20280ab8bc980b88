import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { waitFor } from '../support/wait-for.ts';

/** How long after a client's new connection the node it found dies, at most. */
const RESUMING_MS = 250;
const FIND_LIMIT_MS = 15_000;

/** The node that takes a session over dies while it does so, until one is left. */
export const nodesKilledInARow: Scenario = {
  name: 'nodes-killed-in-a-row',
  summary: 'each node that takes the session over is killed while it does so, all but one',
  peaceful: false,
  async run(stage) {
    const { nodes } = stage.cluster;
    const proxy = await stage.proxy();
    const watching = await stage.proxy();
    const gathering = await stage.gather({ speakerUrl: proxy.url, viewerUrls: [watching.url] });
    const killed: (typeof nodes)[number][] = [];
    const sessions = await stage.during([gathering], async () => {
      await delay(stage.moment(0.2, 0.5), undefined, { signal: stage.signal });
      while (killed.length < nodes.length - 1) {
        await waitFor('a new connection', FIND_LIMIT_MS, stage.signal, () =>
          proxy.leadsTo.some(({ port }) => killed.every((node) => node.upstream.port !== port)),
        );
        if (killed.length > 0) await delay(stage.random() * RESUMING_MS);
        const node = stage.cluster.nodeOf(proxy);
        killed.push(node);
        await node.kill();
      }
      await Promise.all(killed.map((node) => node.restart()));
    });
    return { sessions, facts: { kills: killed.length }, problems: [] };
  },
};
