import type { NodeReport, NodesAnswer } from '../../../shared/http-answers.ts';

/** What the charts show: the last five minutes. */
export const WINDOW_MS = 300_000;
/** Rates are over at least so long, so that one error is no peak. */
export const RATE_MS = 30_000;
const MS_PER_MINUTE = 60_000;

/** One answer of the server, and when it came on this page's clock. */
export interface Sample {
  readonly atMs: number;
  readonly answer: NodesAnswer;
}

export interface Point {
  readonly atMs: number;
  /** null where there is nothing to show. */
  readonly value: number | null;
}

export interface Series {
  readonly node: string;
  readonly name: string;
  readonly points: readonly Point[];
}

/** What one chart shows of a node; `history` are its earlier samples, the newest last. */
export type Read = (report: NodeReport, atMs: number, history: readonly Sample[]) => number | null;

/** Adds an answer and drops what left the window; one before it stays, so that lines go to the edge. */
export function addSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const from = sample.atMs - WINDOW_MS;
  const kept = samples.filter(
    ({ atMs }, place) => atMs >= from || (samples[place + 1]?.atMs ?? from) > from,
  );
  return [...kept, sample];
}

/** A line for each node that is in some sample, in the order of their names. */
export function seriesOf(samples: readonly Sample[], read: Read): Series[] {
  const names = new Map<string, string>();
  for (const { answer } of samples) {
    for (const { node, name } of answer.nodes) names.set(node, name);
  }
  return [...names]
    .sort(([, one], [, other]) => one.localeCompare(other))
    .map(([node, name]) => ({
      node,
      name,
      points: samples.map(({ atMs, answer }, place) => {
        const report = answer.nodes.find((each) => each.node === node);
        const value = report === undefined ? null : read(report, atMs, samples.slice(0, place));
        return { atMs, value };
      }),
    }));
}

/** Errors a minute, from the total of some while ago; null before there is one. */
export const errorsPerMinute: Read = (report, atMs, history) => {
  let earlier: { readonly atMs: number; readonly errors: number } | null = null;
  for (let place = history.length - 1; place >= 0; place -= 1) {
    const sample = history[place];
    const before = sample?.answer.nodes.find(({ node }) => node === report.node);
    if (sample === undefined || before === undefined) break;
    earlier = { atMs: sample.atMs, errors: before.status.error_count };
    if (atMs - sample.atMs >= RATE_MS) break;
  }
  if (earlier === null || earlier.atMs === atMs) return null;
  return ((report.status.error_count - earlier.errors) * MS_PER_MINUTE) / (atMs - earlier.atMs);
};
