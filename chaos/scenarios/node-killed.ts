import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import type { Gathering } from '../support/gathering.ts';
import { SPOKEN } from '../support/test-speaker.ts';

/** kill -9 of the node that carries speakers and viewers, at a random moment. */
export const nodeKilled: Scenario = {
  name: 'node-killed',
  summary: 'kill -9 of the node that speakers and viewers are connected to',
  peaceful: false,
  async run(stage) {
    const [victim, other] = stage.cluster.nodes;
    if (victim === undefined || other === undefined) throw new Error('Expected two nodes.');
    const gatherings: Gathering[] = [];
    for (let index = 0; index < 2; index += 1) {
      const [speaking, watching] = [await stage.proxy(), await stage.proxy()];
      speaking.prefer(victim.upstream);
      const gathering = await stage.gather({ speakerUrl: speaking.url, viewerUrls: [other.url] });
      watching.prefer(victim.upstream);
      await gathering.seat(watching.url, SPOKEN);
      gatherings.push(gathering);
    }
    const recoveries: number[] = [];
    const sessions = await stage.during(gatherings, async () => {
      await delay(stage.moment(0.2, 0.7), undefined, { signal: stage.signal });
      const at = performance.now();
      const shown = gatherings.map(
        ({ viewers }) =>
          new Promise<void>((resolve) => {
            viewers[0]?.onShown(() => resolve());
          }),
      );
      await victim.kill();
      await Promise.all(shown);
      recoveries.push(performance.now() - at);
      await victim.restart();
    });
    const moved = gatherings.filter(({ speaker }) => speaker.resumptions.length > 0).length;
    return {
      sessions,
      facts: { kills: 1, moved, recoveryMs: Math.round(Math.max(...recoveries)) },
      problems: moved === 2 ? [] : [`Expected two sessions that moved, got ${moved}.`],
    };
  },
};
