export interface LanguageWishes {
  /** What this reader chose last; null on a first visit. */
  remembered: string | null;
  /** The browser's languages, for example ['pt-BR', 'en']; the dearest first. */
  browser: readonly string[];
}

/** Languages to ask for, the dearest first, as codes without a region. */
export function wishedLanguages({ remembered, browser }: LanguageWishes): string[] {
  const codes = browser.map((tag) => tag.split('-')[0]?.toLowerCase() ?? '');
  const wished = remembered === null ? codes : [remembered, ...codes];
  return [...new Set(wished.filter((code) => /^[a-z]{2,3}$/.test(code)))];
}

/** The dearest language that is offered; the first offered one where none is. */
export function chooseLanguage(wishes: LanguageWishes, offered: readonly string[]): string | null {
  return wishedLanguages(wishes).find((code) => offered.includes(code)) ?? offered[0] ?? null;
}
