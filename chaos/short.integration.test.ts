import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCorpus, sampleClips } from '../bench/corpus.ts';
import { offeredTranslation } from '../bench/live/offered-translation.ts';
import { prepareClips, type ReadyClip } from '../bench/speakers/prepare-clips.ts';
import { problemsOf, type Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { Cluster } from './support/cluster.ts';
import { Stage } from './support/stage.ts';
import { SPOKEN } from './support/test-speaker.ts';

/** A short `npm run chaos`: two nodes, a few sentences at twice their pace, each scenario once. */

const SEED = 1;
const SPEED = 2;
const SECONDS = 14;
const LIMIT_MS = 60_000;
/** Hearing where speech is takes time where it was not kept. */
const CLIPS = 6;
/**
 * They wait for long limits, with two nodes break what others break already, or have a short form of
 * their own (cluster.integration.test.ts).
 */
const LONG_ONLY = [
  ...['link-half-open-up', 'nodes-killed-in-a-row', 'redis-paused'],
  ...['rolling-restart', 'balancer-reloaded'],
];

let cluster: Cluster;
let clips: readonly ReadyClip[];
let translations: readonly string[];

beforeAll(async () => {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const english = readCorpus().clips.filter(({ set }) => set === 'en');
  clips = await prepareClips(sampleClips(english, CLIPS), { progress: () => undefined, signal });
  cluster = await Cluster.start({ nodes: 2 });
  const translation = await offeredTranslation(cluster.nodes[0]?.url ?? '', SPOKEN);
  translations = translation === null ? [] : [translation];
});

afterAll(() => cluster.close());

async function play(scenario: Scenario): Promise<void> {
  const stage = new Stage({
    cluster,
    clips,
    translations,
    seed: SEED,
    speed: SPEED,
    seconds: SECONDS,
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  try {
    const outcome = await scenario.run(stage);
    const again = `npm run chaos -- --only ${scenario.name} --seed ${SEED}`;
    expect(problemsOf(outcome), again).toEqual([]);
    expect(outcome.sessions.every(({ verdict }) => verdict.speechFrames > 0)).toBe(true);
    expect(outcome.sessions.every(({ verdict }) => verdict.gapFrames === 0)).toBe(true);
  } finally {
    await stage.close();
  }
}

const played = SCENARIOS.filter(({ name }) => !LONG_ONLY.includes(name));

describe.concurrent('[INV1] [INV2] [INV3] links and clients that go wrong, all at once', () => {
  for (const scenario of played.filter(({ peaceful }) => peaceful)) {
    test(`${scenario.name}: ${scenario.summary}`, () => play(scenario), LIMIT_MS);
  }
});

describe('[INV1] [INV2] [INV3] nodes and Redis that die, one after the other', () => {
  for (const scenario of played.filter(({ peaceful }) => !peaceful)) {
    test(`${scenario.name}: ${scenario.summary}`, () => play(scenario), LIMIT_MS);
  }
});
