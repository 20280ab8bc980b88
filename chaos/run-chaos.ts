import type { BenchmarkContext } from '../bench/benchmark.ts';
import { offeredTranslation } from '../bench/live/offered-translation.ts';
import type { ReadyClip } from '../bench/speakers/prepare-clips.ts';
import { addWords, compareWords, NO_WORDS, type WordComparison } from './judge/compare-words.ts';
import type { ChaosOptions } from './options.ts';
import { type Outcome, problemsOf, type Scenario } from './scenario.ts';
import { Cluster } from './support/cluster.ts';
import { speakUndisturbed } from './support/speak-undisturbed.ts';
import { referencesUpTo } from './support/speech.ts';
import { Stage } from './support/stage.ts';
import { SPOKEN } from './support/test-speaker.ts';

const MS_PER_MINUTE = 60_000;

/** One play of one scenario. */
export interface Play {
  readonly scenario: string;
  readonly seed: number;
  readonly seconds: number;
  readonly sessions: number;
  readonly finals: number;
  readonly speechFrames: number;
  readonly lostFrames: number;
  readonly doubledFrames: number;
  readonly translationsDue: number;
  readonly translationsSeen: number;
  readonly words: WordComparison;
  readonly facts: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

/** Plays scenarios in rounds, each with a seed of its own that repeats it. */
export async function runChaos(
  { seed: firstSeed, minutes, nodes, seconds }: ChaosOptions,
  scenarios: readonly Scenario[],
  clips: readonly ReadyClip[],
  { progress, signal }: BenchmarkContext,
): Promise<Play[]> {
  progress(`Starting ${nodes} nodes and Redis; seed ${firstSeed}`);
  const cluster = await Cluster.start({ nodes });
  try {
    const translation = await offeredTranslation(cluster.nodes[0]?.url ?? '', SPOKEN);
    const translations = translation === null ? [] : [translation];
    const plays: Play[] = [];
    const until = performance.now() + minutes * MS_PER_MINUTE;
    let seed = firstSeed;
    do {
      for (const scenario of scenarios) {
        signal.throwIfAborted();
        const began = performance.now();
        const stage = new Stage({ cluster, clips, translations, seed, speed: 1, seconds, signal });
        try {
          const outcome = await scenario.run(stage);
          const words = await comparedWords(cluster, outcome, signal);
          const took = Math.round((performance.now() - began) / 1000);
          const play = playOf(scenario.name, seed, took, outcome, words);
          plays.push(play);
          progress(`${scenario.name}: ${play.problems.join('; ') || 'right'} (${took} s)`);
        } catch (error) {
          signal.throwIfAborted();
          // Which processes are whole is not known any more: nothing is judged after this.
          plays.push(failedPlay(scenario.name, seed, error));
          return plays;
        } finally {
          await stage.close();
        }
      }
      seed += 1;
    } while (performance.now() < until);
    return plays;
  } finally {
    await cluster.close();
  }
}

async function comparedWords(
  { nodes }: Cluster,
  { sessions }: Outcome,
  signal: AbortSignal,
): Promise<WordComparison> {
  const url = nodes[0]?.url ?? '';
  let words = NO_WORDS;
  for (const { speech, frames, verdict } of sessions) {
    const calm = await speakUndisturbed(speech, url, signal, frames);
    const said = referencesUpTo(speech, frames);
    words = addWords(words, compareWords(verdict.finals, calm.finals, said));
  }
  return words;
}

function playOf(
  scenario: string,
  seed: number,
  seconds: number,
  outcome: Outcome,
  words: WordComparison,
): Play {
  const verdicts = outcome.sessions.map(({ verdict }) => verdict);
  const readers = verdicts.flatMap((verdict) => verdict.readers);
  const total = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);
  return {
    scenario,
    seed,
    seconds,
    sessions: verdicts.length,
    finals: total(verdicts.map(({ finals }) => finals.length)),
    speechFrames: total(verdicts.map(({ speechFrames }) => speechFrames)),
    lostFrames: total(verdicts.map(({ lostFrames }) => lostFrames)),
    doubledFrames: total(verdicts.map(({ doubledFrames }) => doubledFrames)),
    translationsDue: total(readers.map(({ translationsDue }) => translationsDue)),
    translationsSeen: total(readers.map(({ translationsSeen }) => translationsSeen)),
    words,
    facts: outcome.facts,
    problems: problemsOf(outcome),
  };
}

function failedPlay(scenario: string, seed: number, error: unknown): Play {
  const problem = error instanceof Error ? error.message : String(error);
  const nothing: Outcome = { sessions: [], facts: {}, problems: [problem] };
  return playOf(scenario, seed, 0, nothing, NO_WORDS);
}
