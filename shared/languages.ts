/** Languages are BCP 47 primary subtags of ISO 639-1, lower case. */
const displayNames = new Map<string, Intl.DisplayNames>();

/** A language's name in itself ("español"), or the code where the platform knows none. */
export function nativeLanguageName(language: string): string {
  return languageName(language, language);
}

/** A language's name as a reader of `locale` calls it. */
export function languageName(language: string, locale: string): string {
  try {
    let names = displayNames.get(locale);
    if (names === undefined) {
      names = new Intl.DisplayNames([locale], { type: 'language' });
      displayNames.set(locale, names);
    }
    return names.of(language) ?? language;
  } catch {
    // A locale or language that the platform does not know is shown by its code.
    return language;
  }
}
