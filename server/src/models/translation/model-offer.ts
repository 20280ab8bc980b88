import { AppError } from '../../../../shared/errors.ts';
import type { InstalledFileRole } from '../installed-models.ts';

/** Sizes of translation models as Mozilla sorts them, the quickest first. */
export const CATEGORIES = ['tiny', 'base-memory', 'base'] as const;
export type Category = (typeof CATEGORIES)[number];

/** What is known beforehand; null is learnt on arrival. */
export interface KnownContent {
  readonly bytes: number | null;
  readonly sha256: string | null;
}

/** A gzip file that can be downloaded, and the file of a model that is in it. */
export interface OfferedFile {
  readonly role: InstalledFileRole;
  /** As it is called when installed. */
  readonly name: string;
  /** Below the base address of a source. */
  readonly path: string;
  readonly packed: KnownContent;
  readonly unpacked: KnownContent;
}

/** A translation model that can be had. */
export interface ModelOffer {
  /** `en-es`: the two languages. */
  readonly pair: string;
  readonly from: string;
  readonly to: string;
  readonly category: string;
  /** On FLORES, as its makers measured it. */
  readonly bleu: number | null;
  readonly comet: number | null;
  readonly files: readonly OfferedFile[];
}

/** Where the files of some offers can be had, in the order in which the places are asked. */
export interface ModelSource {
  readonly title: string;
  /** Ends in a slash. */
  readonly base: string;
}

export interface ModelRegistry {
  readonly title: string;
  readonly offers: readonly ModelOffer[];
  readonly sources: readonly ModelSource[];
}

/** All of them; as Mozilla states it for its models. */
export const TRANSLATION_LICENCE = {
  name: 'CC BY-SA 4.0 / MPL-2.0',
  line: 'CC BY-SA 4.0 / MPL-2.0, as Mozilla states for its Firefox Translations models',
} as const;

const PAIR = /^([a-z]{2,3})-([a-z]{2,3})$/;

/** The two languages of `en-es`; throws `invalid_setting` for anything else. */
export function languagesOfPair(pair: string): { from: string; to: string } {
  const [, from, to] = PAIR.exec(pair) ?? [];
  if (from === undefined || to === undefined || from === to) {
    throw new AppError(
      'invalid_setting',
      `Expected a pair of languages like "en-es" (from English to Spanish), got "${pair}".`,
    );
  }
  return { from, to };
}

export function isPair(text: string): boolean {
  const [, from, to] = PAIR.exec(text) ?? [];
  return from !== undefined && from !== to;
}

/**
 * The offer for a pair: of the category that is asked for, else the quickest there is, because a
 * caption that comes late is worth less than one that reads a little better. Throws
 * `invalid_setting` naming what there is.
 */
export function chooseOffer(
  offers: readonly ModelOffer[],
  pair: string,
  category: Category | null = null,
): ModelOffer {
  const { from, to } = languagesOfPair(pair);
  const ofPair = offers.filter((offer) => offer.pair === pair).sort(bySpeed);
  const chosen = ofPair.find((offer) => category === null || offer.category === category);
  if (chosen !== undefined) return chosen;
  if (ofPair.length > 0) {
    const categories = ofPair.map((offer) => offer.category).join(' or ');
    throw new AppError(
      'invalid_setting',
      `Expected category ${categories} for ${pair}, got ${category}.`,
    );
  }
  throw new AppError('invalid_setting', noSuchPair(offers, from, to));
}

/** The offer of each pair that is chosen where nothing else is asked for, by pair. */
export function defaultOffers(offers: readonly ModelOffer[]): readonly ModelOffer[] {
  const pairs = [...new Set(offers.map(({ pair }) => pair))].sort();
  return pairs.map((pair) => chooseOffer(offers, pair));
}

/** What is downloaded, as far as it is known. */
export function packedBytes(offer: ModelOffer): number | null {
  return sum(offer.files.map(({ packed }) => packed.bytes));
}

function sum(parts: readonly (number | null)[]): number | null {
  return parts.reduce((total, part) => (total === null || part === null ? null : total + part), 0);
}

function bySpeed(a: ModelOffer, b: ModelOffer): number {
  return speedRank(a) - speedRank(b);
}

function speedRank({ category }: ModelOffer): number {
  const rank = (CATEGORIES as readonly string[]).indexOf(category);
  return rank < 0 ? CATEGORIES.length : rank;
}

function noSuchPair(offers: readonly ModelOffer[], from: string, to: string): string {
  const has = (pair: string) => offers.some((offer) => offer.pair === pair);
  const [first, second] = [`${from}-en`, `en-${to}`];
  if (from !== 'en' && to !== 'en' && has(first) && has(second)) {
    return `Expected a pair on offer, got ${from}-${to}: all pairs are with English. Add ${first} and ${second}, and it is translated through English.`;
  }
  return `Expected a pair on offer, got ${from}-${to}. "parlance models list" names them.`;
}
