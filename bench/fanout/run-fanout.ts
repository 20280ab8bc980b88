import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Cluster } from '../../chaos/support/cluster.ts';
import type { ClusterNode } from '../../chaos/support/cluster-node.ts';
import { SpeechLibrary } from '../../chaos/support/speech.ts';
import { SPOKEN, TestSpeaker } from '../../chaos/support/test-speaker.ts';
import { TestViewer } from '../../chaos/support/test-viewer.ts';
import { CleanUps } from '../../server/src/clean-ups.ts';
import { type BenchmarkContext, UsageError } from '../benchmark.ts';
import { sampleServer } from '../live/process-stages.ts';
import type { ReadyClip } from '../speakers/prepare-clips.ts';
import { writeScripts } from '../speakers/script.ts';
import { Crowd } from './crowd.ts';
import type { FanoutRun, NodeUse } from './fanout-result.ts';
import type { FanoutOptions } from './options.ts';

const NODES = 2;
/** Clips follow each other closely: finals come often. */
const ACTIVITY = 0.9;
/** What a start or a join leaves behind is gone, and demand is known on every node. */
const SETTLING_MS = 6_000;
const LAST_TRANSLATIONS_MS = 30_000;

/** One speaker, many viewers in several languages on two nodes with one Redis. */
export async function runFanout(
  { viewers, languages: count, seconds }: FanoutOptions,
  clips: readonly ReadyClip[],
  { progress, signal }: BenchmarkContext,
): Promise<FanoutRun> {
  const cleanUps = new CleanUps();
  try {
    progress('Starting two nodes');
    const places = `${2 * viewers + 100}`;
    const settings = {
      MAX_VIEWERS_PER_ROOM: `${viewers + 1}`,
      MAX_CONCURRENT_CONNECTIONS: places,
      MAX_CONNECTIONS_PER_ADDRESS: places,
    };
    const cluster = await Cluster.start({ nodes: NODES, settings });
    cleanUps.add(() => cluster.close());
    const [first] = cluster.nodes;
    if (first === undefined) throw new Error('Expected nodes, got none.');
    const languages = await readable(first.url, count);
    const room = `fanout-${randomBytes(6).toString('hex')}`;
    const speech = composeSpeech(clips, seconds);
    const speaker = new TestSpeaker(speech, { url: first.url, room, offers: languages });
    cleanUps.add(() => speaker.close());
    await speaker.start();
    progress(`Seating ${viewers} viewers`);
    const crowd = new Crowd(signal);
    cleanUps.add(() => crowd.close());
    const reads = Array.from({ length: viewers }, (_, index) =>
      String(languages[Math.floor(index / NODES) % languages.length]),
    );
    const urls = cluster.nodes.map(({ url }) => url);
    const half = Math.ceil(viewers / 2);
    const firstSeconds = await crowd.sit({ room, urls, languages: reads.slice(0, half) });
    await delay(SETTLING_MS, undefined, { signal });
    // By now what a start leaves behind is gone: what comes on top is for viewers.
    const before = cluster.nodes.map(sampleOf);
    const secondSeconds = await crowd.sit({ room, urls, languages: reads.slice(half) });
    // One more that keeps the record: it tells how much everybody should have.
    const record = new TestViewer('record', { url: first.url, room, language: SPOKEN });
    cleanUps.add(() => record.close());
    await record.start();
    await delay(SETTLING_MS, undefined, { signal });

    progress(`Speaking for ${seconds} s`);
    const seated = cluster.nodes.map(sampleOf);
    await speaker.speak({ speed: 1 }, signal);
    const spoken = cluster.nodes.map(sampleOf);
    const { segments } = await speaker.stop();
    const { session } = speaker.spoken;
    await record.complete(session, segments, LAST_TRANSLATIONS_MS, signal);
    const finals = record.log.entries.flatMap((entry) =>
      entry.type === 'final' ? [entry.caption] : [],
    );
    const finalsWithWords = finals.filter(({ text }) => text !== '').length;
    const done = await crowd.finish(finals.length, finalsWithWords);
    const spokenSeconds = ((spoken[0]?.at ?? 0) - (seated[0]?.at ?? 0)) / 1000;
    return {
      logs: done.logs,
      nodes: cluster.nodes.map((node, index) =>
        useOf(node, viewers, [before[index], seated[index], spoken[index]]),
      ),
      finals: finals.length,
      finalsWithWords,
      translationsMade: await translationsMade(cluster.nodes),
      joinSeconds: firstSeconds + secondSeconds,
      crowdCpuSeconds: done.cpuSeconds,
      spokenSeconds,
    };
  } finally {
    await cleanUps.run();
  }
}

type Sample = ReturnType<typeof sampleOf>;

function sampleOf({ name, pid }: ClusterNode) {
  const sample = sampleServer(pid);
  if (sample === null) throw new Error(`Expected ${name} to run on a system with /proc.`);
  return sample;
}

function useOf(
  { name }: ClusterNode,
  viewers: number,
  [before, seated, spoken]: readonly (Sample | undefined)[],
): NodeUse {
  if (before === undefined || seated === undefined || spoken === undefined) {
    throw new Error(`Expected three looks at ${name}.`);
  }
  const main = (sample: Sample) => sample.own['server main thread'];
  const all = ({ own, children }: Sample) =>
    Object.values(own).reduce((sum, each) => sum + each, 0) +
    children.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  return {
    name,
    viewers: viewers / NODES,
    seconds: (spoken.at - seated.at) / 1000,
    mainSeconds: main(spoken) - main(seated),
    allSeconds: all(spoken) - all(seated),
    rssHalfMb: before.rssMb,
    rssMb: seated.rssMb,
  };
}

/** Languages that the server translates into; fewer than wanted is an error with a name. */
async function readable(url: string, count: number): Promise<string[]> {
  const answer = await fetch(new URL(`api/v1/languages?from=${SPOKEN}`, `${url}/`));
  const { languages }: { languages: { language: string; quality: string }[] } = JSON.parse(
    await answer.text(),
  );
  const found = languages
    .filter(({ language, quality }) => language !== SPOKEN && quality !== 'none')
    .map(({ language }) => language);
  if (found.length >= count) return found.slice(0, count);
  throw new UsageError(
    `Expected translators into ${count} languages, got ${found.length} (${found.join(', ')}). See parlance doctor, or ask for fewer with --languages.`,
  );
}

function composeSpeech(clips: readonly ReadyClip[], seconds: number) {
  const options = {
    speakers: 1,
    seconds,
    activity: ACTIVITY,
    arrivalsMs: 0,
    readShare: 0,
    seed: 1,
  };
  const [script] = writeScripts(clips, options);
  if (script === undefined) throw new Error('Expected a script, got none.');
  return new SpeechLibrary(clips).compose(script);
}

async function translationsMade(nodes: readonly ClusterNode[]): Promise<number> {
  let made = 0;
  for (const node of nodes) {
    for (const [name, value] of await node.metrics()) {
      if (name.startsWith('parlance_translation_seconds_count')) made += value;
    }
  }
  return made;
}
