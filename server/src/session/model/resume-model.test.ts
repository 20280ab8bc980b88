import { describe, expect, test } from 'vitest';
import { explore } from './explore.ts';
import { type BrokenProtocol, type ResumeModelOptions, resumeModel } from './resume-model.ts';

/** Beyond what any of these needs: a model that has grown is to be looked at again. */
const MAX_STATES = 200_000;
const LIMIT_MS = 60_000;
const NO_FAULTS = { crashes: 0, cuts: 0, lostAnswers: 0, reloads: 0 };
const SPOKEN = { frames: 5, captured: 5, nodes: 2, maxLinks: 2 };

interface Story extends Omit<ResumeModelOptions, 'broken'> {
  readonly name: string;
  /** Fewer would mean that the model has lost something. */
  readonly minStates: number;
}

const STORIES: readonly Story[] = [
  { ...SPOKEN, name: 'nothing breaks', faults: NO_FAULTS, minStates: 50 },
  { ...SPOKEN, name: 'a node dies', faults: { ...NO_FAULTS, crashes: 1 }, minStates: 1_000 },
  {
    ...SPOKEN,
    name: 'a link breaks, and an answer of the store is lost',
    faults: { ...NO_FAULTS, cuts: 1, lostAnswers: 1 },
    minStates: 20_000,
  },
  {
    ...SPOKEN,
    name: 'a link breaks, and a node dies',
    faults: { ...NO_FAULTS, crashes: 1, cuts: 1 },
    minStates: 20_000,
  },
  {
    ...{
      name: 'the page is reloaded while it speaks',
      frames: 4,
      captured: 3,
      nodes: 2,
      maxLinks: 2,
    },
    faults: { ...NO_FAULTS, reloads: 1 },
    minStates: 20_000,
  },
  {
    ...{ ...SPOKEN, name: 'two of three nodes die', nodes: 3 },
    faults: { ...NO_FAULTS, crashes: 2 },
    minStates: 5_000,
  },
  {
    ...{
      ...SPOKEN,
      name: 'two links break: three resumes, late ones among them',
      nodes: 1,
      maxLinks: 3,
    },
    faults: { ...NO_FAULTS, cuts: 2 },
    minStates: 50_000,
  },
  {
    ...{ name: 'the page is reloaded, and the link breaks', frames: 4, captured: 3 },
    ...{ nodes: 1, maxLinks: 2 },
    faults: { ...NO_FAULTS, cuts: 1, reloads: 1 },
    minStates: 50_000,
  },
];

describe('[INV1] [INV2] [INV3] every order in which things can happen to a short session', () => {
  test.each(STORIES)(
    '[R2] [R3] [R4] [R5] [R6] [R8] [R12] [R14] $name',
    (story) => {
      const { counterexample, states, done } = explore(resumeModel(story), MAX_STATES);
      expect(counterexample).toBeNull();
      expect(done).toBeGreaterThan(0);
      expect(states).toBeGreaterThan(story.minStates);
    },
    LIMIT_MS,
  );
});

interface Mutation {
  readonly broken: BrokenProtocol;
  readonly story: Omit<ResumeModelOptions, 'broken'>;
  readonly rule: string;
  /** What stands in the counterexample, in this order. */
  readonly steps: readonly string[];
}

const cut = { ...SPOKEN, faults: { ...NO_FAULTS, cuts: 1 } };
const reloaded = {
  ...{ frames: 4, captured: 3, nodes: 1, maxLinks: 2 },
  faults: { ...NO_FAULTS, reloads: 1 },
};

const MUTATIONS: readonly Mutation[] = [
  {
    broken: { acksBeforeStore: true },
    story: cut,
    rule: 'R6',
    steps: ['acknowledges final', 'before it is stored', 'client hears acked'],
  },
  {
    broken: { noEpochCheck: true },
    story: cut,
    rule: 'R3',
    steps: ['the link breaks', 'takes the session over: epoch 3', '(epoch 2) writes final'],
  },
  {
    broken: { epochExpires: true },
    story: cut,
    rule: 'R3',
    steps: ['epoch 1', 'the link breaks', 'epoch 1', '(epoch 1) writes final'],
  },
  {
    broken: { noPlaceCheck: true },
    story: { ...SPOKEN, faults: { ...NO_FAULTS, lostAnswers: 1 } },
    rule: 'R4',
    steps: ['stored, but the answer is lost', 'writes final', 'stored'],
  },
  {
    broken: { forgetsReceived: true },
    story: cut,
    rule: 'R6',
    steps: ['client hears received'],
  },
  {
    broken: { reusesNumbers: true },
    story: reloaded,
    rule: 'R6',
    steps: ['page is reloaded', 'client captures frame'],
  },
  {
    broken: { capturesTooSoon: true },
    story: { ...reloaded, faults: { ...NO_FAULTS, reloads: 1, cuts: 1 } },
    rule: 'R6',
    steps: ['page is reloaded', 'client captures frame', 'client hears resumed'],
  },
];

describe('a protocol with one rule left out is found wanting, with the shortest story of how', () => {
  test.each(MUTATIONS)(
    '$broken breaks $rule',
    ({ broken, story, rule, steps }) => {
      const { counterexample } = explore(resumeModel({ ...story, broken }), MAX_STATES);
      expect(counterexample?.what).toContain(rule);
      const told = (counterexample?.steps ?? []).join('\n');
      let from = 0;
      for (const step of steps) {
        const at = told.indexOf(step, from);
        expect(at, `"${step}" in:\n${told}`).toBeGreaterThanOrEqual(0);
        from = at + step.length;
      }
    },
    LIMIT_MS,
  );
});
