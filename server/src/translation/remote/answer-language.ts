import type { LanguageDetector } from './language-detector.ts';
import { scriptPattern } from './script-pattern.ts';

/** Whether a text is written in a language, as far as a sentence can tell. */
export type LanguageVerdict = 'yes' | 'wrong_script' | 'wrong_language';

/** Names and figures are written alike everywhere, so a few letters tell nothing. */
const MIN_SCRIPT_LETTERS = 12;
/** Names in Latin letters stand in texts of every script. */
const MIN_SCRIPT_SHARE = 0.3;
/**
 * Of 997 sentences in each of nine languages, cut to so many letters, 0.2 % are taken for another language
 * at the share below, and none from a hundred letters on; of English ones that pose as another language 97 %
 * are found, and nearly all from a hundred on (FLORES; check-answer.test.ts holds it to that).
 */
const MIN_LANGUAGE_LETTERS = 40;
/** How probable the language is to be beside the most probable one. */
const MIN_LANGUAGE_SHARE = 0.8;
/** What hardly differs in a sentence counts as one language. */
const ALIKE: readonly (readonly string[])[] = [
  ['bs', 'hr', 'sh', 'sl', 'sr'],
  ['da', 'nb', 'nn', 'no', 'sv'],
  ['id', 'ms'],
  ['cs', 'sk'],
  ['be', 'bg', 'mk', 'ru', 'uk'],
  ['hi', 'mr', 'ne'],
  ['ar', 'fa', 'ku', 'ur'],
];
const LETTERS = /\p{L}/gu;
const WORDS = /[\p{L}\p{M}'’-]+/gu;

export interface Languages {
  readonly from: string;
  readonly to: string;
}

/** By the script first, then by what runs of letters tell, where the detector knows the language. */
export function languageVerdict(
  text: string,
  { from, to }: Languages,
  detector: LanguageDetector,
): LanguageVerdict {
  const letters = text.match(LETTERS)?.length ?? 0;
  if (letters < MIN_SCRIPT_LETTERS) return 'yes';
  const script = scriptPattern(to);
  const written = script === null ? letters : (text.match(script)?.length ?? 0);
  if (written < MIN_SCRIPT_SHARE * letters) return 'wrong_script';
  // A few words said again and again tell no more than said once.
  const words = [...new Set(text.toLowerCase().match(WORDS))].join(' ');
  if ((words.match(LETTERS)?.length ?? 0) < MIN_LANGUAGE_LETTERS) return 'yes';
  const scores = detector.scores(words);
  const best = Math.max(0, ...scores.values());
  const own = scoreOf(to, scores);
  if (detector.knows(alikeTo(to)))
    return own < MIN_LANGUAGE_SHARE * best ? 'wrong_language' : 'yes';
  // Of a language that the detector does not know it can only tell that it is not English: others have
  // neighbours among those, as Galician has Portuguese.
  const isEnglish = from === 'en' && best > 0 && scores.get('en') === best;
  return isEnglish && detector.isSure(words) ? 'wrong_language' : 'yes';
}

function scoreOf(language: string, scores: ReadonlyMap<string, number>): number {
  return Math.max(0, ...alikeTo(language).map((alike) => scores.get(alike) ?? 0));
}

function alikeTo(language: string): readonly string[] {
  return ALIKE.find((group) => group.includes(language)) ?? [language];
}
