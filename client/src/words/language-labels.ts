import { languageName, nativeLanguageName } from '../../../shared/languages.ts';

/** "Español": a language as its own readers look for it. */
export function ownName(language: string): string {
  const name = nativeLanguageName(language);
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** "Español (Spanish)"; one name where both are the same. */
export function fullName(language: string): string {
  const own = ownName(language);
  const english = languageName(language, 'en');
  return own === english ? own : `${own} (${english})`;
}

/** "Spanish". */
export function englishName(language: string): string {
  return languageName(language, 'en');
}
