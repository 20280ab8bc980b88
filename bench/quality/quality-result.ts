import type { ClipSet } from '../corpus.ts';
import { captionIn, finalText, type ShownPartial } from '../live/session-record.ts';
import type { LivePass } from './live-pass.ts';
import type { OfflinePass, PreparedClip } from './offline-pass.ts';
import type { QualityOptions } from './options.ts';
import { type ClipOutcome, shownSegments } from './outcome.ts';
import {
  type FlickerScore,
  type LatencyScore,
  type ShownScore,
  SPOKEN,
  scoreFlicker,
  scoreLatency,
  scoreShown,
  scoreWords,
  type WordScore,
} from './score.ts';

export interface QualityCost {
  readonly audioSeconds: number;
  readonly wallSeconds: number;
  /** The server's process and threads alone. */
  readonly serverCpuPerSecond: number | null;
  /** FFmpeg, Redis and translators that it started. */
  readonly childCpuPerSecond: number | null;
}

/** Everything about one clip, for whoever looks for the reason of a figure. */
export interface ClipReport {
  readonly id: string;
  readonly set: ClipSet;
  readonly language: string;
  readonly seconds: number;
  readonly reference: string;
  readonly whole: string;
  readonly live: string;
  readonly segments: readonly {
    readonly startMs: number;
    readonly endMs: number;
    readonly text: string;
    readonly notice: string | null;
    /** When the final was shown, since the clip's first sample; null where it never came. */
    readonly finalAtMs: number | null;
    readonly partials: readonly ShownPartial[];
  }[];
}

export interface QualityResult {
  readonly options: QualityOptions;
  readonly notice: string | null;
  readonly recognizer: string;
  readonly words: Readonly<Record<string, WordScore>>;
  readonly nonspeech: ShownScore | null;
  readonly foreign: Readonly<Record<string, ShownScore>>;
  /** Null unless spoken at real-time pace. */
  readonly latency: LatencyScore | null;
  readonly flicker: readonly FlickerScore[];
  readonly cost: QualityCost;
  readonly failures: readonly string[];
  readonly missingFinals: number;
  readonly warnings: readonly string[];
  readonly clips: readonly ClipReport[];
}

const WORD_SETS: readonly ClipSet[] = ['en', 'quiet', 'long'];

/** Puts both passes together; pure. */
export function qualityResult(
  options: QualityOptions,
  notice: string | null,
  offline: OfflinePass,
  live: LivePass,
): QualityResult {
  const outcomes = offline.clips.map((prepared) => outcomeOf(prepared, live));
  const of = (set: ClipSet): ClipOutcome[] => outcomes.filter((each) => each.set === set);
  const english = outcomes.filter(({ set }) => WORD_SETS.includes(set));
  const languages = [...new Set(of('foreign').map(({ language }) => language))].sort();
  const nonspeech = of('nonspeech');
  return {
    options,
    notice,
    recognizer: offline.recognizer,
    words: Object.fromEntries(
      WORD_SETS.filter((set) => of(set).length > 0).map((set) => [set, scoreWords(of(set))]),
    ),
    nonspeech: nonspeech.length === 0 ? null : scoreShown(nonspeech),
    foreign: Object.fromEntries(
      languages.map((language) => [
        language,
        scoreShown(of('foreign').filter((each) => each.language === language)),
      ]),
    ),
    latency:
      options.pace === 'real-time' && english.length > 0
        ? scoreLatency(english, options.reads)
        : null,
    flicker:
      english.length === 0
        ? []
        : [SPOKEN, ...options.reads].map((language) => scoreFlicker(english, language)),
    cost: {
      audioSeconds: live.audioSeconds,
      wallSeconds: live.wallSeconds,
      serverCpuPerSecond: perSecond(live.cpu?.ownSeconds, live.audioSeconds),
      childCpuPerSecond: perSecond(live.cpu?.childSeconds, live.audioSeconds),
    },
    failures: outcomes.flatMap(({ live: each }) => (each.kind === 'failed' ? each.error : [])),
    missingFinals: outcomes.reduce(
      (sum, { live: each }) => sum + (each.kind === 'spoken' ? each.missingFinals : 0),
      0,
    ),
    warnings: live.warnings,
    clips: outcomes.map(reportOf),
  };
}

function outcomeOf(prepared: PreparedClip, { outcomes }: LivePass): ClipOutcome {
  const { clip, voice, whole, wholeAfterOpus } = prepared;
  const { id, set, language, seconds, reference } = clip;
  const live = outcomes.get(prepared) ?? { kind: 'failed', error: `${id}: it was not spoken` };
  return { id, set, language, seconds, reference, whole, wholeAfterOpus, voice, live };
}

function reportOf(outcome: ClipOutcome): ClipReport {
  const { id, set, language, seconds, reference, whole } = outcome;
  const segments = shownSegments(outcome);
  return {
    id,
    set,
    language,
    seconds,
    reference,
    whole,
    live: finalText(segments, SPOKEN),
    segments: segments.map((segment) => {
      const caption = captionIn(segment, SPOKEN);
      return {
        startMs: segment.startMs,
        endMs: segment.endMs,
        text: caption?.final?.text ?? '',
        notice: caption?.final?.notice ?? null,
        finalAtMs: caption?.final?.atMs ?? null,
        partials: caption?.partials ?? [],
      };
    }),
  };
}

function perSecond(cpuSeconds: number | undefined, audioSeconds: number): number | null {
  return cpuSeconds === undefined || audioSeconds === 0 ? null : cpuSeconds / audioSeconds;
}
