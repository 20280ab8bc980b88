import type {
  FinalCaption,
  PartialCaption,
  PlacedEntry,
  Speaker,
} from '../../../../shared/captions.ts';

/** Captions as a server would send them; each test names only what it is about. */

export function finalCaption(fields: Partial<FinalCaption> = {}): FinalCaption {
  return {
    session: 'session-a',
    segment: 0,
    language: 'en',
    sourceLanguage: 'en',
    text: 'hello',
    startMs: 0,
    endMs: 1000,
    startSeq: 0,
    endSeq: 50,
    engine: 'scripted',
    quality: 'none',
    storedAt: 1,
    ...fields,
  };
}

export function partialCaption(fields: Partial<PartialCaption> = {}): PartialCaption {
  return {
    session: 'session-a',
    segment: 0,
    language: 'en',
    sourceLanguage: 'en',
    text: 'hel',
    startMs: 0,
    endMs: 500,
    engine: 'scripted',
    revision: 1,
    stableLength: 0,
    epoch: 1,
    ...fields,
  };
}

export function finalEntry(cursor: string, fields: Partial<FinalCaption> = {}): PlacedEntry {
  return { cursor, type: 'final', caption: finalCaption(fields) };
}

export function speakerEntry(cursor: string, fields: Partial<Speaker> = {}): PlacedEntry {
  return {
    cursor,
    type: 'speaker',
    speaker: { session: 'session-a', name: 'Ada', language: 'en', live: true, ...fields },
  };
}
