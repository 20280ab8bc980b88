/** Written in two scripts, both of them right. */
const DIGRAPHIC = new Set('az bs kk ks ku ky mn ms pa sd sh sr tg tk tt ug uz'.split(' '));
/** What ISO 15924 calls a mixture, and the scripts in it. */
const MIXTURES: Readonly<Record<string, string>> = {
  Hans: '\\p{sc=Han}',
  Hant: '\\p{sc=Han}',
  Jpan: '\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}',
  Kore: '\\p{sc=Hang}\\p{sc=Han}',
};

const patterns = new Map<string, RegExp | null>();

/** Letters of the script that a language is written in; null where it may be any. */
export function scriptPattern(language: string): RegExp | null {
  const known = patterns.get(language);
  if (known !== undefined) return known;
  const pattern = DIGRAPHIC.has(language) ? null : patternOf(language);
  patterns.set(language, pattern);
  return pattern;
}

function patternOf(language: string): RegExp | null {
  try {
    const { script } = new Intl.Locale(language).maximize();
    if (script === undefined) return null;
    return new RegExp(`[${MIXTURES[script] ?? `\\p{sc=${script}}`}]`, 'gu');
  } catch {
    // A language or script that this Node.js does not know: then nothing is expected of it.
    return null;
  }
}
