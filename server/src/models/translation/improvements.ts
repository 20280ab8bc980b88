import { languageName } from '../../../../shared/languages.ts';
import type { LanguageOffer } from '../../../../shared/protocol.ts';
import { megabytes } from '../fetch-screen.ts';
import { chooseOffer, type ModelOffer, packedBytes } from './model-offer.ts';

/** A translation that a model, or two, would make better. */
export interface Improvement {
  readonly from: string;
  readonly to: string;
  /** What would be added, in the order in which a text passes through. */
  readonly offers: readonly ModelOffer[];
}

const PIVOT = 'en';

/** The models that translate from one language to another: one, or two through English; else none. */
export function modelsFor(
  from: string,
  to: string,
  offers: readonly ModelOffer[],
): readonly ModelOffer[] {
  const has = (a: string, b: string) => offers.some(({ pair }) => pair === `${a}-${b}`);
  if (has(from, to)) return [chooseOffer(offers, `${from}-${to}`)];
  if (from === PIVOT || to === PIVOT || !has(from, PIVOT) || !has(PIVOT, to)) return [];
  return [chooseOffer(offers, `${from}-${PIVOT}`), chooseOffer(offers, `${PIVOT}-${to}`)];
}

/** What models would improve of the languages that can be chosen, without those installed already. */
export function improvements(
  from: string,
  chosen: readonly LanguageOffer[],
  offers: readonly ModelOffer[],
  installed: readonly string[],
): readonly Improvement[] {
  return chosen.flatMap(({ language: to, quality }) => {
    if (to === from || quality === 'neural') return [];
    const needed = modelsFor(from, to, offers).filter(({ pair }) => !installed.includes(pair));
    return needed.length === 0 ? [] : [{ from, to, offers: needed }];
  });
}

/** "npx parlance models add en-es". */
export function addCommand(offers: readonly ModelOffer[]): string {
  return `npx parlance models add ${offers.map(({ pair }) => pair).join(' ')}`;
}

/** "Spanish: basic; `npx parlance models add en-es` makes it neural (14.7 MB)". */
export function describeImprovement({ to, offers }: Improvement): string {
  return `${languageName(to, 'en')}: basic; \`${addCommand(offers)}\` makes it neural${sizeOf(offers)}`;
}

/** " (14.7 MB)", or nothing where nobody tells the size. */
export function sizeOf(offers: readonly ModelOffer[]): string {
  const sizes = offers.map(packedBytes);
  if (sizes.includes(null)) return '';
  return ` (${megabytes(sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0))})`;
}
