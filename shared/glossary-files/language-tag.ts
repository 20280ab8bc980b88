import { languageSchema } from '../language-schema.ts';

const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

/** The language of a tag such as `en-US`, `pt_BR` or `eng` as this product writes it; else null. */
export function languageOf(tag: string): string | null {
  try {
    const [canonical = ''] = Intl.getCanonicalLocales(tag.trim().replaceAll('_', '-'));
    const [language = ''] = canonical.split('-');
    const parsed = languageSchema.safeParse(language);
    return parsed.success && names.of(language) !== undefined ? language : null;
  } catch {
    // No tag of BCP 47.
    return null;
  }
}
