import fc from 'fast-check';
import type { FinalCaption } from '../../../../shared/captions.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { PendingTranslation, SessionState, TranscriptStore } from '../transcript-store.ts';
import {
  type Cluster,
  final,
  INSTANCE,
  OTHER_INSTANCE,
  ROOM,
  type Speaking,
  speak,
  speaking,
  translated,
} from './cluster.contract.ts';

/** Languages that readers come and go with. */
export const READ_LANGUAGES = ['es', 'ca'] as const;
const SESSIONS = 2;

/** One thing that a node does; which session or claim it is about is chosen by a number. */
export type Step =
  | { readonly kind: 'take'; readonly session: number; readonly instance: string }
  | {
      readonly kind: 'final';
      readonly session: number;
      readonly pauseFrames: number;
      readonly frames: number;
      readonly empty: boolean;
      readonly wanted: readonly string[];
    }
  | { readonly kind: 'repeat'; readonly session: number }
  | { readonly kind: 'silence'; readonly session: number; readonly frames: number }
  | { readonly kind: 'request'; readonly language: string }
  | { readonly kind: 'claim'; readonly limit: number }
  | { readonly kind: 'translate'; readonly pick: number }
  | { readonly kind: 'advance'; readonly ms: number };

const session = fc.nat({ max: SESSIONS - 1 });
const language = fc.constantFrom(...READ_LANGUAGES);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('final' as const),
      session,
      pauseFrames: fc.nat({ max: 20 }),
      frames: fc.integer({ min: 1, max: 50 }),
      empty: fc.boolean(),
      wanted: fc.subarray([...READ_LANGUAGES, 'en']),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('take' as const),
      session,
      instance: fc.constantFrom(INSTANCE, OTHER_INSTANCE),
    }),
  },
  fc.record({ kind: fc.constant('repeat' as const), session }),
  fc.record({ kind: fc.constant('silence' as const), session, frames: fc.nat({ max: 30 }) }),
  fc.record({ kind: fc.constant('request' as const), language }),
  fc.record({ kind: fc.constant('claim' as const), limit: fc.integer({ min: 1, max: 4 }) }),
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('translate' as const), pick: fc.nat() }),
  },
  fc.record({ kind: fc.constant('advance' as const), ms: fc.nat({ max: 12_000 }) }),
);

/** What both nodes do at the same time, turn by turn. */
export const turns = fc.array(fc.tuple(step, step), { minLength: 1, maxLength: 25 });

/** What was promised to somebody while the steps ran. */
export interface Promised {
  /** Finals whose storing was answered. */
  readonly finals: FinalCaption[];
  /** Finals that had to be translated, as `session:segment:language`. */
  readonly translations: Set<string>;
  /** Durable acks in the order of the epochs that were told, by session. */
  readonly acks: Map<string, { epoch: number; ackedSeq: number }[]>;
}

interface Belief {
  state: SessionState;
  last: { caption: FinalCaption; wanted: readonly string[] } | null;
}

/** One server: what it believes to own, and what it has claimed. */
class ScriptedNode {
  readonly #store: TranscriptStore;
  readonly #speakers: readonly Speaking[];
  readonly #promised: Promised;
  readonly #advance: (ms: number) => void;
  readonly #beliefs = new Map<number, Belief>();
  #claimed: PendingTranslation[] = [];

  constructor(
    store: TranscriptStore,
    speakers: readonly Speaking[],
    promised: Promised,
    advance: (ms: number) => void,
  ) {
    this.#store = store;
    this.#speakers = speakers;
    this.#promised = promised;
    this.#advance = advance;
  }

  /** Does one step; only a takeover or somebody else's lease may stand in its way. */
  async run(step: Step): Promise<void> {
    try {
      await this.#run(step);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'session_fenced' && 'session' in step) {
        this.#beliefs.delete(step.session);
      } else if (error.code !== 'session_taken') {
        throw error;
      }
    }
  }

  async finishAll(): Promise<void> {
    for (;;) {
      const pending = await this.#store.claimPending(ROOM, 3);
      if (pending.length === 0) return;
      for (const { source, language } of [...pending].reverse()) {
        await this.#store.storeTranslation(ROOM, translated(source, language));
      }
    }
  }

  async #run(step: Step): Promise<void> {
    switch (step.kind) {
      case 'take':
        return this.#take(step.session, step.instance);
      case 'request':
        await this.#store.requestTranslations(ROOM, step.language);
        return;
      case 'claim':
        this.#claimed.push(...(await this.#store.claimPending(ROOM, step.limit)));
        return;
      case 'translate':
        return this.#translate(step.pick);
      case 'advance':
        return this.#advance(step.ms);
      default: {
        const belief = this.#beliefs.get(step.session);
        return belief === undefined ? undefined : this.#speak(step, belief);
      }
    }
  }

  async #take(index: number, instance: string): Promise<void> {
    const speaker = this.#speakers[index] ?? speaking();
    const state = await this.#store.takeSession({ ...speaker, instance });
    this.#beliefs.set(index, { state, last: null });
    const { session, epoch } = state.key;
    const acks = this.#promised.acks.get(session) ?? [];
    this.#promised.acks.set(session, [...acks, { epoch, ackedSeq: state.ackedSeq }]);
  }

  async #speak(
    step: Extract<Step, { kind: 'final' | 'repeat' | 'silence' }>,
    belief: Belief,
  ): Promise<void> {
    const { key, ackedSeq, nextSegment } = belief.state;
    if (step.kind === 'silence') {
      await this.#store.advanceAck(key, ackedSeq + step.frames);
      belief.state = { ...belief.state, ackedSeq: ackedSeq + step.frames };
      return;
    }
    if (step.kind === 'repeat') {
      if (belief.last === null) return;
      await this.#store.storeFinal(key, belief.last.caption, belief.last.wanted);
      return;
    }
    const startSeq = ackedSeq + step.pauseFrames;
    const endSeq = startSeq + step.frames;
    const caption = final(key.session, nextSegment, {
      ...{ startSeq, endSeq },
      ...(step.empty ? { text: '' } : {}),
    });
    await this.#store.storeFinal(key, caption, step.wanted);
    belief.state = { ...belief.state, ackedSeq: endSeq, nextSegment: nextSegment + 1 };
    belief.last = { caption, wanted: step.wanted };
    this.#promised.finals.push(caption);
    if (step.empty) return;
    for (const language of step.wanted) {
      if (language === 'en') continue;
      this.#promised.translations.add(`${key.session}:${nextSegment}:${language}`);
      this.#claimed.push({ source: caption, language });
    }
  }

  async #translate(pick: number): Promise<void> {
    const [chosen] = this.#claimed.splice(pick % Math.max(this.#claimed.length, 1), 1);
    if (chosen === undefined) return;
    await this.#store.storeTranslation(ROOM, translated(chosen.source, chosen.language));
  }
}

/** Lets two nodes run the turns, then lets a third finish what is left, as after both died. */
export async function runTurns(
  cluster: Cluster,
  played: readonly (readonly [Step, Step])[],
): Promise<Promised> {
  const promised: Promised = { finals: [], translations: new Set(), acks: new Map() };
  const speakers: Speaking[] = [];
  for (let index = 0; index < SESSIONS; index += 1) {
    speakers.push((await speak(cluster.a)).request);
  }
  const nodes = [cluster.a, cluster.b].map(
    (store) => new ScriptedNode(store, speakers, promised, cluster.advance),
  );
  for (const index of speakers.keys()) {
    await nodes[index]?.run({ kind: 'take', session: index, instance: INSTANCE });
  }
  for (const steps of played) {
    await Promise.all(nodes.map((node, index) => node.run(steps[index === 0 ? 0 : 1])));
  }
  cluster.advance(600_000);
  const heir = new ScriptedNode(await cluster.join(), speakers, promised, cluster.advance);
  await heir.finishAll();
  for (const index of speakers.keys()) {
    await heir.run({ kind: 'take', session: index, instance: INSTANCE });
  }
  return promised;
}
