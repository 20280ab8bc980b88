import type { FinalCaption } from '../../shared/captions.ts';
import { compareCursors } from '../../shared/cursor.ts';
import type { ReaderLog, SpokenSession } from './judge-session.ts';

/** How one reader's record of one session compares with what it should be. */
export interface ReaderVerdict {
  readonly name: string;
  /** [INV1, INV3] Finals as spoken that others saw and this reader did not. */
  readonly missing: number;
  /** [INV3] Finals that came before one of an earlier segment, in any language. */
  readonly outOfOrder: number;
  /** [INV2] Finals that came again, in any language. */
  readonly repeated: number;
  /** Finals with words that are to be read in another language, and those that were. */
  readonly translationsDue: number;
  readonly translationsSeen: number;
  readonly problems: readonly string[];
}

type Spoken = Pick<SpokenSession, 'session' | 'language'>;

/** `finals` are all of the session as spoken, by segment. */
export function judgeReader(
  { session, language }: Spoken,
  finals: readonly FinalCaption[],
  log: ReaderLog,
): ReaderVerdict {
  const captions = log.entries.flatMap((entry) =>
    entry.type === 'final' && entry.caption.session === session ? [entry.caption] : [],
  );
  const source = captions.filter((caption) => caption.language === language);
  const translated = captions.filter((caption) => caption.language !== language);
  const translations = translated.filter((caption) => caption.language === log.language);
  const seen = new Set(source.map(({ segment }) => segment));
  const due = log.language === language ? [] : finals.filter(({ text }) => text !== '');
  const read = new Set(translations.map(({ segment }) => segment));
  const segments = new Set(finals.map(({ segment }) => segment));
  const figures = {
    missing: [...segments].filter((segment) => !seen.has(segment)).length,
    outOfOrder:
      stepsBack(source) +
      stepsBack(translations) +
      earlyTranslations(captions, language) +
      cursorsBack(log),
    repeated: repeats(source) + repeats(translations),
    translationsDue: due.length,
    translationsSeen: due.filter(({ segment }) => read.has(segment)).length,
  };
  const unread = figures.translationsDue - figures.translationsSeen;
  const holes = gapsInNumbers(finals);
  const told: [count: number, what: string][] = [
    [figures.missing, '[INV1] finals missing'],
    [figures.outOfOrder, '[INV3] finals out of order'],
    [figures.repeated, '[INV2] finals seen twice'],
    [unread, `[INV6] translations into ${log.language} missing`],
    [holes, '[INV3] segments that nobody saw'],
    [translated.length - translations.length, 'finals in a language that is not read'],
  ];
  return {
    name: log.name,
    ...figures,
    problems: told
      .filter(([count]) => count > 0)
      .map(([count, what]) => `${what}: ${count} (${log.name})`),
  };
}

function stepsBack(captions: readonly FinalCaption[]): number {
  return captions.filter(
    ({ segment }, index) => segment < (captions[index - 1]?.segment ?? segment),
  ).length;
}

/** A translation comes after its original. */
function earlyTranslations(captions: readonly FinalCaption[], language: string): number {
  const originals = new Set<number>();
  let early = 0;
  for (const caption of captions) {
    if (caption.language === language) originals.add(caption.segment);
    else if (!originals.has(caption.segment)) early += 1;
  }
  return early;
}

function cursorsBack({ entries }: ReaderLog): number {
  return entries.filter(({ cursor }, index) => {
    const before = entries[index - 1];
    return before !== undefined && compareCursors(cursor, before.cursor) <= 0;
  }).length;
}

function repeats(captions: readonly FinalCaption[]): number {
  return captions.length - new Set(captions.map(({ segment }) => segment)).size;
}

/** Segments are numbered from 0 without a hole. */
function gapsInNumbers(finals: readonly FinalCaption[]): number {
  const numbers = new Set(finals.map(({ segment }) => segment));
  const last = Math.max(-1, ...numbers);
  return last + 1 - numbers.size;
}
