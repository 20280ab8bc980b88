import type {
  CaptionNotice,
  FinalCaption,
  PartialCaption,
  TranslationQuality,
} from '../../shared/captions.ts';
import { FRAME_MS } from '../../shared/limits.ts';

/** Time that one scripted segment takes. */
const SEGMENT_MS = 4000;

export interface Said {
  session: string;
  segment: number;
  text: string;
  /** Of the text; the spoken language by default. */
  language?: string;
  notice?: CaptionNotice;
  storedAt?: number;
}

const SPOKEN = 'en';

export function scriptedFinal(said: Said): FinalCaption {
  const { notice, language = SPOKEN, storedAt = Date.UTC(2026, 2, 2, 9, 30) } = said;
  const quality: TranslationQuality = language === SPOKEN ? 'none' : 'basic';
  return {
    ...place(said),
    startSeq: (said.segment * SEGMENT_MS) / FRAME_MS,
    endSeq: ((said.segment + 1) * SEGMENT_MS) / FRAME_MS,
    storedAt,
    quality,
    ...(notice === undefined ? {} : { notice }),
  };
}

export function scriptedPartial(
  said: Said & { revision: number; stableLength: number; epoch?: number },
): PartialCaption {
  const { revision, stableLength, epoch = 1 } = said;
  return { ...place(said), revision, stableLength, epoch };
}

function place({ session, segment, text, language = SPOKEN }: Said) {
  return {
    session,
    segment,
    language,
    sourceLanguage: SPOKEN,
    text,
    startMs: segment * SEGMENT_MS,
    endMs: (segment + 1) * SEGMENT_MS - 500,
    engine: language === SPOKEN ? 'moonshine-tiny-en' : 'apertium',
  };
}
