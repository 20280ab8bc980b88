import { setMaxListeners } from 'node:events';
import type { ReadyClip } from '../../bench/speakers/prepare-clips.ts';
import { SILENCE_AFTER_MS, writeScripts } from '../../bench/speakers/script.ts';
import { CleanUps } from '../../server/src/clean-ups.ts';
import { seededRandom } from '../../server/src/testing/marian/seeded-random.ts';
import { FRAME_MS } from '../../shared/limits.ts';
import type { JudgedSession } from '../scenario.ts';
import type { Cluster } from './cluster.ts';
import { Gathering, type GatheringOptions } from './gathering.ts';
import { isInClip, type Speech, SpeechLibrary } from './speech.ts';
import type { TcpProxy } from './tcp-proxy.ts';

/** Part of the time that is speech. */
const ACTIVITY = 0.85;
const MAX_SEED = 2 ** 31;

export interface StageOptions {
  readonly cluster: Cluster;
  readonly clips: readonly ReadyClip[];
  /** What viewers read beside what is spoken. */
  readonly translations: readonly string[];
  readonly seed: number;
  /** Times the pace of a microphone. */
  readonly speed: number;
  /** Speech of each session; at least as much as the shortest clip and a pause. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** Where a scenario plays: a cluster, random numbers that can be repeated, and people who speak. */
export class Stage {
  readonly cluster: Cluster;
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly #options: StageOptions;
  readonly #library: SpeechLibrary;
  readonly #cleanUps = new CleanUps();

  constructor(options: StageOptions) {
    this.#options = options;
    this.cluster = options.cluster;
    this.signal = options.signal;
    // Everybody on the stage listens to it.
    setMaxListeners(0, options.signal);
    this.random = seededRandom(options.seed);
    this.#library = new SpeechLibrary(options.clips);
  }

  get speed(): number {
    return this.#options.speed;
  }

  get translations(): readonly string[] {
    return this.#options.translations;
  }

  /** How long one session speaks, in milliseconds of the wall clock. */
  get speakingMs(): number {
    return (this.#options.seconds * 1000) / this.speed;
  }

  /** A moment of the wall clock since all began to speak, within these parts of the whole. */
  moment(from: number, to: number): number {
    return this.speakingMs * (from + (to - from) * this.random());
  }

  speech(seconds = this.#options.seconds): Speech {
    const { clips } = this.#options;
    const shortest = Math.min(...clips.map(({ frames }) => frames * FRAME_MS));
    const least = Math.max(seconds, (shortest + SILENCE_AFTER_MS) / 1000 + 1);
    const [script] = writeScripts(clips, {
      speakers: 1,
      seconds: least,
      activity: ACTIVITY,
      arrivalsMs: 0,
      readShare: 0,
      seed: Math.floor(this.random() * MAX_SEED),
    });
    if (script === undefined) throw new Error('Expected a script, got none.');
    return this.#library.compose(script);
  }

  /** A balancer in front of the whole cluster. */
  async proxy(): Promise<TcpProxy> {
    const proxy = await this.cluster.proxy();
    this.#cleanUps.add(() => proxy.close());
    return proxy;
  }

  async gather(
    options: Omit<GatheringOptions, 'translations' | 'signal'>,
    speech = this.speech(),
  ): Promise<Gathering> {
    const { translations, signal } = this.#options;
    const gathering = await Gathering.start(speech, { translations, signal, ...options });
    this.#cleanUps.add(() => gathering.close());
    return gathering;
  }

  /** Lets all speak to the end while something happens, and judges what came of it. */
  async during(
    gatherings: readonly Gathering[],
    happens: () => Promise<void>,
  ): Promise<JudgedSession[]> {
    await this.#speak(gatherings, happens, () => false);
    return await this.#judge(gatherings);
  }

  /** The same, but when it is over everybody stops at the end of a recording. */
  async duringOnly(
    gatherings: readonly Gathering[],
    happens: () => Promise<void>,
  ): Promise<JudgedSession[]> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    await this.#speak(
      gatherings,
      () => happens().finally(over),
      () => isOver,
    );
    return await this.#judge(gatherings);
  }

  async #speak(
    gatherings: readonly Gathering[],
    happens: () => Promise<void>,
    mayStop: () => boolean,
  ): Promise<void> {
    const { speed, signal } = this;
    await Promise.all([
      happens(),
      ...gatherings.map(({ speaker, speech }) => {
        const goesOn = (frame: number) => !mayStop() || isInClip(speech, frame);
        return speaker.speak({ speed, goesOn }, signal);
      }),
    ]);
  }

  async #judge(gatherings: readonly Gathering[]): Promise<JudgedSession[]> {
    return await Promise.all(
      gatherings.map(async (gathering) => ({
        speech: gathering.speech,
        frames: gathering.speaker.frames,
        verdict: await gathering.finish(),
      })),
    );
  }

  /** Idempotent; leaves no connection behind. The cluster stays. */
  async close(): Promise<void> {
    await this.#cleanUps.run();
  }
}
