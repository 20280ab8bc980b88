import type { SessionVerdict } from '../../chaos/judge/judge-session.ts';
import { type Chart, histogram } from '../report/chart.ts';
import { type Delays, delays } from '../scoring/percentiles.ts';
import { cell, type Table } from '../scoring/table.ts';
import { errorRate } from '../scoring/wer.ts';
import type { Move } from './move.ts';
import type { FailoverRun } from './run-failover.ts';

const WER_DIGITS = 4;
const BIN_MS = 100;

/** What a run shows; plain values. */
export interface FailoverResult {
  readonly kills: number;
  /** Sessions that the kills moved to another node. */
  readonly moves: number;
  readonly lostFrames: number;
  readonly doubledFrames: number;
  readonly gapFrames: number;
  readonly speechFrames: number;
  readonly finals: number;
  readonly words: number;
  readonly recutWords: number;
  readonly changedWords: number;
  readonly wer: number;
  readonly werUndisturbed: number;
  /** By the same judge, with nothing broken. */
  readonly lostFramesUndisturbed: number;
  /** From the kill to the next caption at a viewer, of moves with something to show. */
  readonly recoveryMs: Delays;
  /** The same of moves while nothing was being said: until somebody spoke again. */
  readonly silentMs: Delays;
  /** Parts of the recovery: until the client knew, until another node had it, until the caption. */
  readonly lostMs: Delays;
  readonly resumeMs: Delays;
  readonly captionMs: Delays;
  readonly replayedFrames: Delays;
  readonly translationsDue: number;
  readonly translationsDelivered: number;
  readonly problems: readonly string[];
}

/** Pure. */
export function failoverResult(run: FailoverRun): FailoverResult {
  const { kills, moves, verdicts, undisturbed, words } = run;
  const total = (of: (verdict: SessionVerdict) => number, from = verdicts): number =>
    from.reduce((sum, verdict) => sum + of(verdict), 0);
  const readers = verdicts.flatMap((verdict) => verdict.readers);
  const spoken = moves.filter(({ speaking }) => speaking);
  return {
    kills,
    moves: moves.length,
    lostFrames: total(({ lostFrames }) => lostFrames),
    doubledFrames: total(({ doubledFrames }) => doubledFrames),
    gapFrames: total(({ gapFrames }) => gapFrames),
    speechFrames: total(({ speechFrames }) => speechFrames),
    finals: total(({ finals }) => finals.length),
    words: words.words,
    recutWords: words.recutWords,
    changedWords: words.changedWords,
    wer: errorRate(words.errors),
    werUndisturbed: errorRate(words.undisturbedErrors),
    lostFramesUndisturbed: total(({ lostFrames }) => lostFrames, undisturbed),
    recoveryMs: delays(spoken.map(({ captionMs }) => captionMs)),
    silentMs: delays(moves.filter(({ speaking }) => !speaking).map(({ captionMs }) => captionMs)),
    lostMs: delays(moves.map(({ lostMs }) => lostMs)),
    resumeMs: delays(moves.map(({ resumedMs, lostMs }) => resumedMs - lostMs)),
    captionMs: delays(spoken.map(({ captionMs, resumedMs }) => captionMs - resumedMs)),
    replayedFrames: delays(moves.map(({ replayedFrames }) => replayedFrames)),
    translationsDue: readers.reduce((sum, { translationsDue }) => sum + translationsDue, 0),
    translationsDelivered: readers.reduce((sum, { translationsSeen }) => sum + translationsSeen, 0),
    problems: verdicts.flatMap(({ problems }) => problems),
  };
}

export function failoverTables(result: FailoverResult): Table[] {
  const delayRow = (what: string, { count, p50, p95, max }: Delays): string[] => [
    what,
    `${count}`,
    cell(p50),
    cell(p95),
    cell(max),
  ];
  return [
    {
      title: `${result.kills} kills of the speakers' node, ${result.moves} sessions moved`,
      columns: ['figure', 'value', 'undisturbed'],
      rows: [
        ['frames of speech', `${result.speechFrames}`, ''],
        ['lost frames', `${result.lostFrames}`, `${result.lostFramesUndisturbed}`],
        ['doubled frames', `${result.doubledFrames}`, ''],
        ['frames declared as a gap', `${result.gapFrames}`, ''],
        ['finals', `${result.finals}`, ''],
        ['words', `${result.words}`, ''],
        ['words in segments cut elsewhere', `${result.recutWords}`, ''],
        ['words changed in the same segment', `${result.changedWords}`, ''],
        ['WER', cell(result.wer, WER_DIGITS), cell(result.werUndisturbed, WER_DIGITS)],
        ['translations', `${result.translationsDelivered} of ${result.translationsDue}`, ''],
        ['rules broken', `${result.problems.length}`, ''],
      ],
      notes: result.problems,
    },
    {
      title: 'From the kill, in milliseconds',
      columns: ['', 'count', 'p50', 'p95', 'max'],
      rows: [
        delayRow('next caption at a viewer', result.recoveryMs),
        delayRow('  the client knows', result.lostMs),
        delayRow('  from there: another node has the session', result.resumeMs),
        delayRow('  from there: the caption', result.captionMs),
        delayRow('next caption, where nothing was being said', result.silentMs),
        delayRow('frames to send again', result.replayedFrames),
      ],
    },
  ];
}

export function failoverCharts(moves: readonly Move[]): Chart[] {
  const spoken = moves.filter(({ speaking }) => speaking);
  const part = (name: string, of: (move: Move) => number) => ({
    name,
    points: spoken.map((move): [number, number] => [move.kill + 1, of(move)]),
  });
  const captions = spoken.map(({ captionMs }) => captionMs);
  return [
    {
      title: 'From the kill to the next caption at a viewer on another node',
      kind: 'points',
      xLabel: 'kill',
      yLabel: 'milliseconds',
      series: [
        part('the client knows', ({ lostMs }) => lostMs),
        part('another node has the session', ({ resumedMs }) => resumedMs),
        part('next caption', ({ captionMs }) => captionMs),
      ],
    },
    {
      title: 'Distribution',
      kind: 'bars',
      xLabel: 'milliseconds from the kill to the next caption',
      yLabel: 'moved sessions',
      series: [
        { name: 'sessions', points: histogram(captions, BIN_MS, Math.max(BIN_MS, ...captions)) },
      ],
    },
  ];
}
