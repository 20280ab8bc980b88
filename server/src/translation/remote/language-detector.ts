/** Tells languages apart by runs of letters (eld's smallest database: 60 languages, 29 MB of memory). */
export interface LanguageDetector {
  /** How well a text fits each language that it may be in, 0 to 1; ISO 639-1. */
  scores(text: string): ReadonlyMap<string, number>;
  /** Whether it knows one of them. */
  knows(languages: readonly string[]): boolean;
  isSure(text: string): boolean;
}

let loading: Promise<LanguageDetector> | null = null;

/** Loaded once, and only where an engine outside needs it. */
export function loadLanguageDetector(): Promise<LanguageDetector> {
  loading ??= load();
  return loading;
}

async function load(): Promise<LanguageDetector> {
  const { eld } = await import('eld/extrasmall');
  const known = new Set(Object.values(eld.info().Languages));
  return {
    scores: (text) => new Map(Object.entries(eld.detect(text).getScores())),
    knows: (languages) => languages.some((language) => known.has(language)),
    isSure: (text) => eld.detect(text).isReliable(),
  };
}
