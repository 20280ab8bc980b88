import { setTimeout as delay } from 'node:timers/promises';
import type { Outcome, Scenario } from '../scenario.ts';
import { BalancedCluster } from '../support/balanced-cluster.ts';
import type { Gathering } from '../support/gathering.ts';
import type { Stage } from '../support/stage.ts';

const SPEAKERS = 20;
const NODES = 3;
/** Longer than three nodes take to leave and come back; who still speaks then stops. */
const MOST_SECONDS = 300;
const RELOADS = 3;
/** A busy machine must not turn speakers away here: that is no breakage. */
const SETTINGS = { MAX_FINAL_WAIT_MS: '60000' };

/** Every node leaves and comes back while twenty people speak through nginx. */
export const rollingRestart: Scenario = {
  name: 'rolling-restart',
  summary: 'the nodes behind nginx are restarted one after the other under 20 speakers',
  peaceful: false,
  run: (stage) =>
    onBalancedCluster(stage, async (cluster, gatherings) => {
      await cluster.rollingRestart(stage.signal);
      const resumptions = gatherings.flatMap(({ speaker }) => speaker.resumptions);
      const asked = resumptions.filter(({ error }) => error?.code === 'server_draining').length;
      const unmoved = gatherings.filter(({ speaker }) => speaker.resumptions.length === 0).length;
      return {
        facts: { resumptions: resumptions.length, askedToMove: asked, unmoved },
        problems: unmoved === 0 ? [] : [`${unmoved} speakers were on no node that left`],
      };
    }),
};

/** nginx reads its configuration anew; connections stay with the workers that have them. */
export const balancerReloaded: Scenario = {
  name: 'balancer-reloaded',
  summary: 'nginx is reloaded several times under 20 speakers: nobody is moved',
  peaceful: false,
  run: (stage) =>
    onBalancedCluster(stage, async (cluster, gatherings) => {
      for (let reload = 0; reload < RELOADS; reload += 1) {
        cluster.reloadBalancer();
        await delay(stage.moment(0.2, 0.3), undefined, { signal: stage.signal });
      }
      const moved = gatherings.flatMap(({ speaker }) => speaker.resumptions).length;
      return {
        facts: { reloads: RELOADS, moved },
        problems: moved === 0 ? [] : [`Expected nobody to be moved, got ${moved} resumptions`],
      };
    }),
};

async function onBalancedCluster(
  stage: Stage,
  happens: (
    cluster: BalancedCluster,
    gatherings: readonly Gathering[],
  ) => Promise<Pick<Outcome, 'facts' | 'problems'>>,
): Promise<Outcome> {
  const cluster = await BalancedCluster.start(NODES, SETTINGS);
  try {
    const gatherings: Gathering[] = [];
    for (let speaker = 0; speaker < SPEAKERS; speaker += 1) {
      gatherings.push(
        await stage.gather(
          { speakerUrl: cluster.url, viewerUrls: [cluster.url] },
          stage.speech(MOST_SECONDS),
        ),
      );
    }
    const seen: Pick<Outcome, 'facts' | 'problems'>[] = [];
    const sessions = await stage.duringOnly(gatherings, async () => {
      await delay(stage.moment(0.1, 0.3), undefined, { signal: stage.signal });
      seen.push(await happens(cluster, gatherings));
      await delay(stage.moment(0.1, 0.3), undefined, { signal: stage.signal });
    });
    const [{ facts, problems } = { facts: {}, problems: [] }] = seen;
    return { sessions, facts, problems };
  } finally {
    await cluster.close();
  }
}
