/**
 * ISO 639-3 codes that Apertium's pairs use, and their ISO 639-1 form. What has none (Asturian
 * `ast`, Arpitan `frp`, Silesian `szl`) keeps its three letters, as BCP 47 asks.
 */
const TWO_LETTER_CODES: Readonly<Record<string, string>> = {
  afr: 'af',
  arg: 'an',
  bel: 'be',
  bre: 'br',
  bul: 'bg',
  cat: 'ca',
  cym: 'cy',
  dan: 'da',
  deu: 'de',
  eng: 'en',
  epo: 'eo',
  eus: 'eu',
  fin: 'fi',
  fra: 'fr',
  glg: 'gl',
  hbs: 'sh',
  hin: 'hi',
  ind: 'id',
  isl: 'is',
  ita: 'it',
  kaz: 'kk',
  mkd: 'mk',
  mlt: 'mt',
  nld: 'nl',
  nno: 'nn',
  nob: 'nb',
  oci: 'oc',
  pol: 'pl',
  por: 'pt',
  ron: 'ro',
  rus: 'ru',
  slv: 'sl',
  sme: 'se',
  spa: 'es',
  srd: 'sc',
  swe: 'sv',
  tat: 'tt',
  tur: 'tr',
  ukr: 'uk',
  urd: 'ur',
  zlm: 'ms',
};

/** Variants that are languages of their own to a reader. */
const VARIANT_LANGUAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  hbs: { BS: 'bs', HR: 'hr', SR: 'sr' },
};
/** One analysis reads all of these. */
const READ_AS: Readonly<Record<string, readonly string[]>> = {
  sh: ['sh', 'bs', 'hr', 'sr'],
};

/** The ISO 639-1 form of a three-letter code, or the code itself. */
export function shortCode(code: string): string {
  return TWO_LETTER_CODES[code] ?? code;
}

const CODE = '([a-z]{2,3})(?:_([A-Za-z0-9_]+))?';
const MODE_NAME = new RegExp(`^${CODE}-${CODE}$`);

export interface ModeLanguages {
  /** Languages that this mode translates from; several for Serbo-Croatian. */
  readonly from: readonly string[];
  readonly to: string;
  /** Of the target, for example `valencia` or `BR`; empty for the plain form. */
  readonly variant: string;
}

/**
 * What a mode's name says (`eng-spa`, `eng-cat_valencia`), or null for names that are no plain
 * pair, such as `en-eo-bytecode`, or that translate from a variant or to their own language.
 */
export function languagesOfMode(name: string): ModeLanguages | null {
  const match = MODE_NAME.exec(name);
  if (match === null) return null;
  const [, fromCode = '', fromVariant, toCode = '', toVariant = ''] = match;
  if (fromVariant !== undefined) return null;
  const from = shortCode(fromCode);
  const variantLanguage = VARIANT_LANGUAGES[toCode]?.[toVariant];
  const to = variantLanguage ?? shortCode(toCode);
  if (from === to) return null;
  return {
    from: READ_AS[from] ?? [from],
    to,
    variant: variantLanguage === undefined ? toVariant : '',
  };
}
