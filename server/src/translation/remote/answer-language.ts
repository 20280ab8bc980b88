/** Whether a text is written in a language, as far as a sentence can tell. */
export type LanguageVerdict = 'yes' | 'wrong_script' | 'wrong_language';

/** Names and figures are written alike everywhere, so a few letters tell nothing. */
const MIN_TELLING_LETTERS = 12;
/** Names in Latin letters stand in texts of every script. */
const MIN_SCRIPT_SHARE = 0.3;

/** Written in two scripts, both of them right. */
const DIGRAPHIC = new Set('az bs kk ks ku ky mn ms pa sd sh sr tg tk tt ug uz zh-yue'.split(' '));
/** What ISO 15924 calls a mixture, and the scripts in it. */
const MIXTURES: Readonly<Record<string, string>> = {
  Hans: '\\p{sc=Han}',
  Hant: '\\p{sc=Han}',
  Jpan: '\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}',
  Kore: '\\p{sc=Hang}\\p{sc=Han}',
};
const LETTERS = /\p{L}/gu;

const patterns = new Map<string, RegExp | null>();

export interface AnswerPlace {
  readonly source: string;
  readonly from: string;
  readonly to: string;
}

/** Judges by the script first. */
export function looksLikeLanguage(text: string, { to }: AnswerPlace): LanguageVerdict {
  const letters = text.match(LETTERS)?.length ?? 0;
  if (letters < MIN_TELLING_LETTERS) return 'yes';
  const script = scriptOf(to);
  const written = script === null ? letters : (text.match(script)?.length ?? 0);
  return written < MIN_SCRIPT_SHARE * letters ? 'wrong_script' : 'yes';
}

/** Letters of the script that a language is written in; null where it may be any. */
function scriptOf(language: string): RegExp | null {
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
