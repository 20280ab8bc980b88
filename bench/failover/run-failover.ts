import { setTimeout as delay } from 'node:timers/promises';
import {
  addWords,
  compareWords,
  NO_WORDS,
  type WordComparison,
} from '../../chaos/judge/compare-words.ts';
import type { SessionVerdict } from '../../chaos/judge/judge-session.ts';
import { Cluster } from '../../chaos/support/cluster.ts';
import type { ClusterNode } from '../../chaos/support/cluster-node.ts';
import { Gathering } from '../../chaos/support/gathering.ts';
import { speakUndisturbed } from '../../chaos/support/speak-undisturbed.ts';
import {
  isInClip,
  referencesUpTo,
  type Speech,
  SpeechLibrary,
} from '../../chaos/support/speech.ts';
import { TcpProxy } from '../../chaos/support/tcp-proxy.ts';
import { SPOKEN } from '../../chaos/support/test-speaker.ts';
import { CleanUps } from '../../server/src/clean-ups.ts';
import { seededRandom } from '../../server/src/testing/marian/seeded-random.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import { offeredTranslation } from '../live/offered-translation.ts';
import type { ReadyClip } from '../speakers/prepare-clips.ts';
import { writeScripts } from '../speakers/script.ts';
import { type Move, MoveWatch } from './move.ts';
import type { FailoverOptions } from './options.ts';

/** Everybody has spoken for a while before the first kill. */
const SETTLING_MS = 5_000;
/** From the moment when all nodes are whole again to the next kill, at random. */
const CALM_MS = { least: 500, most: 2_500 };
/** Much of the time somebody is in the midst of a sentence. */
const ACTIVITY = 0.85;
/** Speech for each kill at the most: a node's new start takes seconds. */
const SECONDS_A_KILL = 20;
/** A session without a caption for so long counts as not moved. */
const MOVE_LIMIT_MS = 30_000;

export interface FailoverRun {
  readonly kills: number;
  readonly moves: readonly Move[];
  readonly verdicts: readonly SessionVerdict[];
  /** The same speech with nothing broken. */
  readonly undisturbed: readonly SessionVerdict[];
  readonly words: WordComparison;
  readonly seconds: number;
}

/**
 * Kills the node that carries all speakers, again and again; another one takes them over. Viewers
 * are on a third, which lives; one viewer of each room moves with the speakers.
 */
export async function runFailover(
  options: FailoverOptions,
  clips: readonly ReadyClip[],
  { progress, signal }: BenchmarkContext,
): Promise<FailoverRun> {
  const { kills, seed } = options;
  const cleanUps = new CleanUps();
  try {
    const began = performance.now();
    const cluster = await Cluster.start({ nodes: 3 });
    cleanUps.add(() => cluster.close());
    const [first, second, watched] = cluster.nodes;
    if (first === undefined || second === undefined || watched === undefined) {
      throw new Error('Expected three nodes.');
    }
    const translation = await offeredTranslation(watched.url, SPOKEN);
    const speeches = compose(clips, options);
    const gatherings: Gathering[] = [];
    for (const speech of speeches) {
      const proxy = await TcpProxy.listen([first.upstream, second.upstream]);
      cleanUps.add(() => proxy.close());
      const gathering = await Gathering.start(speech, {
        speakerUrl: proxy.url,
        viewerUrls: [watched.url],
        translations: translation === null ? [] : [translation],
        signal,
      });
      cleanUps.add(() => gathering.close());
      proxy.prefer(first.upstream);
      await gathering.seat(proxy.url, SPOKEN);
      gatherings.push(gathering);
    }
    let over = false;
    const speaking = Promise.all(
      gatherings.map(({ speaker, speech }) =>
        speaker.speak({ speed: 1, goesOn: (at) => !over || isInClip(speech, at) }, signal),
      ),
    );
    const killing = (async () => {
      const random = seededRandom(seed);
      const moves: Move[] = [];
      await delay(SETTLING_MS, undefined, { signal });
      for (let kill = 0; kill < kills; kill += 1) {
        const calmMs = CALM_MS.least + random() * (CALM_MS.most - CALM_MS.least);
        await delay(calmMs, undefined, { signal });
        // All are on the same one of the two: the other was just started anew.
        const victim = kill % 2 === 0 ? first : second;
        const moved = await killOnce(kill, victim, gatherings, signal);
        moves.push(...moved);
        const slowest = Math.max(...moved.map(({ captionMs }) => captionMs));
        progress(`kill ${kill + 1} of ${kills}: captions again after ${slowest} ms at the most`);
        await victim.restart();
      }
      return moves;
    })();
    const ended = killing.finally(() => {
      over = true;
    });
    const [moves] = await Promise.all([ended, speaking]);
    progress('Waiting for the last finals and translations');
    const verdicts = await Promise.all(gatherings.map((gathering) => gathering.finish()));
    progress('The same speech with nothing broken');
    const undisturbed = await Promise.all(
      gatherings.map(({ speech, speaker }, index) => {
        const { url } = cluster.nodes[index % cluster.nodes.length] ?? watched;
        return speakUndisturbed(speech, url, signal, speaker.frames);
      }),
    );
    const words = gatherings.map(({ speech, speaker }, index) =>
      compareWords(
        verdicts[index]?.finals ?? [],
        undisturbed[index]?.finals ?? [],
        referencesUpTo(speech, speaker.frames),
      ),
    );
    const seconds = Math.round((performance.now() - began) / 1000);
    const sum = words.reduce(addWords, NO_WORDS);
    return { kills, moves, verdicts, undisturbed, words: sum, seconds };
  } finally {
    await cleanUps.run();
  }
}

function compose(
  clips: readonly ReadyClip[],
  { speakers, seed, kills }: FailoverOptions,
): Speech[] {
  const library = new SpeechLibrary(clips);
  const seconds = SETTLING_MS / 1000 + kills * SECONDS_A_KILL;
  const timing = { seconds, activity: ACTIVITY, arrivalsMs: 0, readShare: 0 };
  return writeScripts(clips, { speakers, seed, ...timing }).map((script) =>
    library.compose(script),
  );
}

/** Kills a node and starts it anew; resolves when every session was seen to go on elsewhere. */
async function killOnce(
  kill: number,
  victim: ClusterNode,
  gatherings: readonly Gathering[],
  signal: AbortSignal,
): Promise<Move[]> {
  const watches = gatherings.flatMap((gathering, session) => {
    const [viewer] = gathering.viewers;
    return viewer === undefined ? [] : [new MoveWatch(kill, session, gathering, viewer)];
  });
  const atMs = performance.now();
  for (const watch of watches) watch.killed(atMs);
  await victim.kill();
  const settled = new AbortController();
  const limit = delay(MOVE_LIMIT_MS, undefined, {
    signal: AbortSignal.any([signal, settled.signal]),
  }).then(() => {
    throw new Error(`Expected captions of every session within ${MOVE_LIMIT_MS} ms of a kill.`);
  });
  try {
    return await Promise.race([Promise.all(watches.map(({ moved }) => moved)), limit]);
  } finally {
    settled.abort();
  }
}
