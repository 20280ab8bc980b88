import {
  DEFAULT_GUARD,
  type GuardThresholds,
  type GuardVerdict,
  guardHypothesis,
  type RefusalReason,
} from '../../server/src/recognition/hypothesis-guard.ts';
import { SessionGuard } from '../../server/src/recognition/session-guard.ts';
import { normalizeWords } from '../../server/src/testing/word-error-rate.ts';
import { percentile } from '../scoring/percentiles.ts';
import type { Table } from '../scoring/table.ts';
import type { CollectedHypothesis } from './collect-hypotheses.ts';

const REASONS: readonly RefusalReason[] = ['empty', 'repetition', 'too_long', 'not_understood'];
/** Lowest mean log probabilities that are tried. */
const SWEEP = [-0.4, -0.5, -0.55, -0.6, -0.65, -0.7, -0.75, -0.8, -0.9, -1.1];
const MS_PER_MINUTE = 60_000;

type Judge = (hypothesis: CollectedHypothesis) => GuardVerdict;

export interface GuardFigures {
  readonly hypotheses: number;
  readonly minutes: number;
  readonly accepted: number;
  readonly refused: Readonly<Record<RefusalReason, number>>;
  /** Words that would be shown in a minute of audio. */
  readonly wordsPerMinute: number;
}

export function measureGuard(
  hypotheses: readonly CollectedHypothesis[],
  judge: Judge = byDefault,
): GuardFigures {
  const refused = { empty: 0, repetition: 0, too_long: 0, not_understood: 0 };
  let words = 0;
  let accepted = 0;
  for (const hypothesis of hypotheses) {
    const verdict = judge(hypothesis);
    if (verdict.kind === 'refused') refused[verdict.reason] += 1;
    else {
      accepted += 1;
      words += normalizeWords(verdict.text).length;
    }
  }
  const minutes = hypotheses.reduce((sum, { durationMs }) => sum + durationMs, 0) / MS_PER_MINUTE;
  const wordsPerMinute = minutes === 0 ? 0 : words / minutes;
  return { hypotheses: hypotheses.length, minutes, accepted, refused, wordsPerMinute };
}

/** What the guard does to each set of recordings, cut in each of the ways. */
export function guardTable(collected: readonly CollectedHypothesis[]): Table {
  const rows = groups(collected).map(({ name, members }) => {
    const figures = measureGuard(members);
    const means = members.flatMap(({ meanLogProbability: mean }) => (mean === null ? [] : [mean]));
    return [
      name,
      `${figures.hypotheses}`,
      share(figures.accepted, figures.hypotheses),
      ...REASONS.map((reason) => share(figures.refused[reason], figures.hypotheses)),
      figures.wordsPerMinute.toFixed(1),
      ...[5, 50, 95].map((percent) => percentile(means, percent)?.toFixed(2) ?? ''),
    ];
  });
  return {
    title: 'The guard, and mean log probabilities',
    columns: ['set, cut', 'n', 'accepted', ...REASONS, 'words/min', 'p5', 'p50', 'p95'],
    rows,
  };
}

/** What other thresholds would cost and spare. */
export function sweepTable(collected: readonly CollectedHypothesis[]): Table {
  const shown = groups(collected).filter(({ set }) => set === 'en' || set === 'foreign');
  return {
    title: 'Refused by lowest mean log probability (short texts: 0.1 higher)',
    columns: ['lowest', ...shown.map(({ name }) => name)],
    rows: SWEEP.map((lowest) => {
      const thresholds: GuardThresholds = {
        ...DEFAULT_GUARD,
        minMeanLogProbability: lowest,
        minShortMeanLogProbability: lowest + 0.1,
      };
      const judge: Judge = (hypothesis) =>
        guardHypothesis(hypothesis, hypothesis.durationMs, thresholds);
      return [
        lowest.toFixed(2),
        ...shown.map(({ members }) => {
          const { accepted, hypotheses, wordsPerMinute } = measureGuard(members, judge);
          return `${share(hypotheses - accepted, hypotheses)} (${wordsPerMinute.toFixed(0)}/min)`;
        }),
      ];
    }),
  };
}

/** What remembering earlier finals adds: each clip's language and place is one session. */
export function sessionTable(collected: readonly CollectedHypothesis[]): Table {
  const rows = groups(collected.filter(({ cut }) => cut === 'live')).map(({ name, members }) => {
    const guards = new Map<string, SessionGuard>();
    const bySession: Judge = (hypothesis) => {
      const key = `${hypothesis.clip.group} ${hypothesis.clip.language}`;
      const guard = guards.get(key) ?? new SessionGuard();
      guards.set(key, guard);
      return guard.judge(hypothesis, hypothesis.durationMs, 'final');
    };
    const alone = measureGuard(members);
    const remembered = measureGuard(members, bySession);
    return [
      name,
      share(alone.accepted, alone.hypotheses),
      share(remembered.accepted, remembered.hypotheses),
      alone.wordsPerMinute.toFixed(1),
      remembered.wordsPerMinute.toFixed(1),
    ];
  });
  return {
    title: 'Finals judged alone, and by a guard that remembers the session',
    columns: ['set, cut', 'alone', 'session', 'words/min alone', 'words/min session'],
    rows,
  };
}

/** Hypotheses of one set and cut, in the order of the recordings. */
export function groups(collected: readonly CollectedHypothesis[]) {
  const found = new Map<string, { set: string; members: CollectedHypothesis[] }>();
  for (const hypothesis of collected) {
    const name = `${hypothesis.clip.set}, ${hypothesis.cut}`;
    const group = found.get(name) ?? { set: hypothesis.clip.set, members: [] };
    group.members.push(hypothesis);
    found.set(name, group);
  }
  return [...found].map(([name, group]) => ({ name, ...group }));
}

function byDefault(hypothesis: CollectedHypothesis): GuardVerdict {
  return guardHypothesis(hypothesis, hypothesis.durationMs);
}

function share(part: number, whole: number): string {
  return whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)}%`;
}
