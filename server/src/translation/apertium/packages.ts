import { comparePivots } from './pivots.ts';

/** A Debian package (12 and newer, Ubuntu alike) and the pairs of languages that it brings. */
export interface ApertiumPackage {
  readonly name: string;
  readonly pairs: readonly { readonly from: string; readonly to: string }[];
}

type Row = readonly [name: string, from: string, to: string, ways?: 'both'];

const SERBO_CROATIAN: readonly string[] = ['sh', 'bs', 'hr', 'sr'];
const ROWS: readonly Row[] = [
  ['apertium-eng-spa', 'en', 'es', 'both'],
  ['apertium-eng-cat', 'en', 'ca', 'both'],
  ['apertium-en-gl', 'en', 'gl', 'both'],
  ['apertium-eo-en', 'en', 'eo', 'both'],
  ['apertium-hbs-eng', 'en', 'sh', 'both'],
  ['apertium-eu-en', 'eu', 'en'],
  ['apertium-isl-eng', 'is', 'en'],
  ['apertium-mkd-eng', 'mk', 'en'],
  ['apertium-es-pt', 'es', 'pt', 'both'],
  ['apertium-fra-cat', 'fr', 'ca', 'both'],
  ['apertium-spa-ita', 'es', 'it', 'both'],
  ['apertium-cat-ita', 'ca', 'it', 'both'],
  ['apertium-por-cat', 'pt', 'ca', 'both'],
  ['apertium-spa-cat', 'es', 'ca', 'both'],
  ['apertium-es-gl', 'es', 'gl', 'both'],
  ['apertium-fr-es', 'fr', 'es', 'both'],
  ['apertium-pt-gl', 'pt', 'gl', 'both'],
  ['apertium-spa-ast', 'es', 'ast'],
  ['apertium-spa-arg', 'es', 'an', 'both'],
  ['apertium-arg-cat', 'an', 'ca', 'both'],
  ['apertium-oc-es', 'oc', 'es', 'both'],
  ['apertium-oc-ca', 'oc', 'ca', 'both'],
  ['apertium-oci-fra', 'oc', 'fr', 'both'],
  ['apertium-cat-srd', 'ca', 'sc'],
  ['apertium-srd-ita', 'it', 'sc'],
  ['apertium-eo-fr', 'fr', 'eo'],
  ['apertium-es-ro', 'ro', 'es'],
  ['apertium-eu-es', 'eu', 'es'],
  ['apertium-br-fr', 'br', 'fr'],
  ['apertium-fra-frp', 'fr', 'frp', 'both'],
  ['apertium-hbs-mkd', 'sh', 'mk'],
  ['apertium-hbs-mkd', 'mk', 'bs'],
  ['apertium-hbs-mkd', 'mk', 'hr'],
  ['apertium-hbs-mkd', 'mk', 'sr'],
  ['apertium-hbs-slv', 'sh', 'sl', 'both'],
  ['apertium-mkd-bul', 'mk', 'bg', 'both'],
  ['apertium-isl-swe', 'is', 'sv', 'both'],
  ['apertium-swe-dan', 'sv', 'da', 'both'],
  ['apertium-swe-nor', 'sv', 'nb', 'both'],
  ['apertium-swe-nor', 'sv', 'nn', 'both'],
  ['apertium-dan-nor', 'da', 'nb', 'both'],
  ['apertium-dan-nor', 'da', 'nn', 'both'],
  ['apertium-nno-nob', 'nn', 'nb', 'both'],
  ['apertium-afr-nld', 'af', 'nl', 'both'],
  ['apertium-bel-rus', 'be', 'ru'],
  ['apertium-rus-ukr', 'uk', 'ru'],
  ['apertium-pol-szl', 'pl', 'szl', 'both'],
  ['apertium-ind-zlm', 'id', 'ms', 'both'],
  ['apertium-urd-hin', 'ur', 'hi', 'both'],
];

/**
 * The pairs that work as Debian ships them: Russian to Ukrainian and Belarusian crash the tagger,
 * Spanish and Catalan to Esperanto name files that are not there.
 */
export const APERTIUM_PACKAGES: readonly ApertiumPackage[] = [
  ...new Set(ROWS.map(([name]) => name)),
].map((name) => ({
  name,
  pairs: ROWS.filter(([rowName]) => rowName === name).flatMap(pairsOf),
}));

/** The engine itself, which every pair needs. */
export const APERTIUM_ENGINE_PACKAGE = 'apertium';

/** What the set-up installs (a test holds it to `scripts/setup/needs.mjs`). */
export const BASIC_PACKAGES: readonly string[] = [
  APERTIUM_ENGINE_PACKAGE,
  'apertium-eng-spa',
  'apertium-eng-cat',
  'apertium-en-gl',
  'apertium-eo-en',
  'apertium-es-pt',
  'apertium-fra-cat',
  'apertium-spa-ita',
];

/** Packages that translate from one language to another, with at most one between; null if none do. */
export function apertiumPackagesFor(from: string, to: string): readonly string[] | null {
  const direct = packageOf(from, to);
  if (direct !== undefined) return [APERTIUM_ENGINE_PACKAGE, direct];
  const [best] = APERTIUM_PACKAGES.flatMap(({ pairs }) => pairs)
    .filter((pair) => pair.from === from && packageOf(pair.to, to) !== undefined)
    .map((pair) => pair.to)
    .sort((a, b) => comparePivots(from, to, a, b));
  if (best === undefined) return null;
  return [APERTIUM_ENGINE_PACKAGE, packageOf(from, best), packageOf(best, to)].filter(
    (name) => name !== undefined,
  );
}

export function apertiumInstallCommand(packages: readonly string[]): string {
  return `sudo apt-get install -y ${packages.join(' ')}`;
}

function packageOf(from: string, to: string): string | undefined {
  return APERTIUM_PACKAGES.find(({ pairs }) =>
    pairs.some((pair) => pair.from === from && pair.to === to),
  )?.name;
}

function pairsOf([, from, to, ways]: Row): { from: string; to: string }[] {
  const spread = (language: string) => (language === 'sh' ? SERBO_CROATIAN : [language]);
  return spread(from).flatMap((a) =>
    spread(to).flatMap((b) => [
      { from: a, to: b },
      ...(ways === 'both' ? [{ from: b, to: a }] : []),
    ]),
  );
}
