import { setTimeout as delay } from 'node:timers/promises';
import { LEASE_MS } from '../../server/src/store/store-limits.ts';
import type { Scenario } from '../scenario.ts';
import { countStalePartials } from '../support/stale-partials.ts';
import { waitFor } from '../support/wait-for.ts';

/** Beyond the lease, so that even a client with another name might have taken the session. */
const PAUSE_MS = LEASE_MS + 1_500;
const REFUSED_LIMIT_MS = 10_000;
const FENCED = 'parlance_errors_total{code="session_fenced"}';

/** SIGSTOP of the speaker's node for longer than its lease; it wakes with frames still to be read. */
export const nodePaused: Scenario = {
  name: 'node-paused',
  summary: 'SIGSTOP of the speaker’s node beyond its lease: it wakes and may store nothing',
  peaceful: false,
  async run(stage) {
    const [victim, other] = stage.cluster.nodes;
    if (victim === undefined || other === undefined) throw new Error('Expected two nodes.');
    const proxy = await stage.proxy();
    proxy.prefer(victim.upstream);
    const gathering = await stage.gather({ speakerUrl: proxy.url, viewerUrls: [other.url] });
    const stale = await countStalePartials(other.url, gathering.room);
    const problems: string[] = [];
    const sessions = await stage.during([gathering], async () => {
      await delay(stage.moment(0.2, 0.4), undefined, { signal: stage.signal });
      victim.pause();
      try {
        // The client gives the link up after missed acks; the node never hears of it.
        await delay(500);
        proxy.abandon();
        await delay(PAUSE_MS, undefined, { signal: stage.signal });
      } finally {
        victim.unpause();
      }
      await waitFor('the woken node to be refused', REFUSED_LIMIT_MS, stage.signal, async () => {
        const metrics = await victim.metrics();
        return (metrics.get(FENCED) ?? 0) > 0 && metrics.get('parlance_sessions') === 0;
      });
    });
    stale.close();
    if (stale.count > 0) problems.push(`${stale.count} partials of an older epoch published`);
    const refused = (await victim.metrics()).get(FENCED) ?? 0;
    return { sessions, facts: { refused, stalePartials: stale.count }, problems };
  },
};
