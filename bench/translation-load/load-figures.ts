import { percentile } from '../scoring/percentiles.ts';
import type { PlannedSentence } from './turn-plan.ts';
import type { SeenSegment, ViewerLog } from './viewer-log.ts';

/** Milliseconds; null where there was nothing. */
export interface Lag {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** Sentences whose last sample was spoken within a time window, as the viewers saw them. */
export interface WindowFigures {
  /** From the last sample of speech to the arrival of the final as spoken, at each viewer. */
  readonly transcriptLagMs: Lag;
  /** Finals as spoken, of so many said to each viewer. */
  readonly finals: number;
  readonly expectedFinals: number;
  /** Finals whose text is not what was said. */
  readonly wrong: number;
  /** From a final's arrival to that of its translation, at the same viewer. */
  readonly translationLagMs: Lag;
  readonly translations: number;
  readonly expectedTranslations: number;
  /** Translations by the engine that made them; `none` is an original in place of one. */
  readonly engines: Readonly<Record<string, number>>;
  /** Partials whose new words make a translation worth its cost, and translations shown of them. */
  readonly partials: number;
  readonly partialsTranslated: number;
  readonly partialLagMs: Lag;
  /** Finals that came twice. */
  readonly repeated: number;
}

/** What one room's viewers were told of what its speaker said. */
export interface RoomSeen {
  readonly plan: readonly PlannedSentence[];
  readonly logs: readonly ViewerLog[];
  endOf(sentence: PlannedSentence): number;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** `isTranslated` tells whether the viewers read other languages than the spoken one then. */
export function windowFigures(
  rooms: readonly RoomSeen[],
  sentences: readonly string[],
  span: Span,
  isTranslated: boolean,
): WindowFigures {
  const within = (at: number) => at >= span.from && at < span.to;
  const said = rooms.flatMap((room) =>
    room.plan
      .filter((planned) => within(room.endOf(planned)))
      .flatMap((planned) =>
        room.logs.map((log) => ({
          endedAt: room.endOf(planned),
          text: sentences[planned.sentence],
          seen: findSegment(log, planned),
        })),
      ),
  );
  const seen = said.flatMap(({ seen, ...rest }) => (seen === null ? [] : [{ seen, ...rest }]));
  const translated = seen.flatMap(({ seen: { sourceAt, translation } }) =>
    translation === null ? [] : [{ ...translation, lagMs: translation.at - sourceAt }],
  );
  const logs = rooms.flatMap((room) => room.logs);
  const shown = logs.flatMap(({ partials }) => partials.translated).filter(({ at }) => within(at));
  const engines: Record<string, number> = {};
  for (const { engine } of translated) engines[engine] = (engines[engine] ?? 0) + 1;
  return {
    transcriptLagMs: lagOf(seen.map(({ endedAt, seen: { sourceAt } }) => sourceAt - endedAt)),
    finals: seen.length,
    expectedFinals: said.length,
    wrong: seen.filter(({ text, seen: { text: heard } }) => heard !== text).length,
    translationLagMs: lagOf(translated.map(({ lagMs }) => lagMs)),
    translations: translated.length,
    expectedTranslations: isTranslated ? said.length : 0,
    engines,
    partials: logs.flatMap(({ partials }) => partials.possible).filter(within).length,
    partialsTranslated: shown.length,
    partialLagMs: lagOf(shown.map(({ lagMs }) => lagMs)),
    repeated: logs.reduce((sum, { repeated }) => sum + repeated, 0),
  };
}

export function lagOf(values: readonly number[]): Lag {
  return {
    count: values.length,
    p50: percentile(values, 50),
    p95: percentile(values, 95),
    p99: percentile(values, 99),
    max: percentile(values, 100),
  };
}

/** The segment in which a sentence begins. */
function findSegment(log: ViewerLog, { startFrame }: PlannedSentence): SeenSegment | null {
  for (const segment of log.segments.values()) {
    if (segment.startSeq <= startFrame && startFrame < segment.endSeq) return segment;
  }
  return null;
}
