import { shortCode } from '../apertium/languages.ts';

/** A pair of languages as a service lists it, in its own codes. */
export interface ServicePair {
  readonly from: string;
  readonly to: string;
}

/** More pairs than any service has; what goes beyond is no list of languages. */
export const MAX_SERVICE_PAIRS = 20_000;

/** Codes of services that are those of other standards or of their own, and what we call them. */
const ALIASES: Readonly<Record<string, string>> = {
  iw: 'he',
  in: 'id',
  jw: 'jv',
  ji: 'yi',
  pb: 'pt',
  zt: 'zh',
};
const PRIMARY = /^([a-z]{2,3})(?:[-_].*)?$/i;

/** What we call a language of a service, or null for codes that are none. */
export function languageOfCode(code: string): string | null {
  const primary = PRIMARY.exec(code)?.[1]?.toLowerCase();
  if (primary === undefined) return null;
  return ALIASES[primary] ?? shortCode(primary);
}

/**
 * Which pairs a service has, by our codes. Of several variants of one language (`pt` and `pt-BR`,
 * `zh-Hans` and `zh-Hant`) the plain one counts, else the first by name.
 */
export class LanguageTable {
  readonly #pairs = new Map<string, Map<string, ServicePair>>();

  constructor(pairs: Iterable<ServicePair> = []) {
    for (const pair of pairs) {
      const from = languageOfCode(pair.from);
      const to = languageOfCode(pair.to);
      if (from === null || to === null || from === to) continue;
      const targets = this.#pairs.get(from) ?? new Map<string, ServicePair>();
      this.#pairs.set(from, targets);
      const known = targets.get(to);
      if (known === undefined || goesBefore(pair, known)) targets.set(to, pair);
    }
  }

  /** The service's own codes for a pair, or null where it lacks it. */
  find(from: string, to: string): ServicePair | null {
    return this.#pairs.get(from)?.get(to) ?? null;
  }

  targets(from: string): readonly string[] {
    return [...(this.#pairs.get(from)?.keys() ?? [])].sort();
  }

  get languages(): readonly string[] {
    const languages = [...this.#pairs].flatMap(([from, targets]) => [from, ...targets.keys()]);
    return [...new Set(languages)].sort();
  }

  /** Any pair, for a probe. */
  get first(): ServicePair | null {
    return this.#pairs.values().next().value?.values().next().value ?? null;
  }

  equals(other: LanguageTable): boolean {
    return this.#text === other.#text;
  }

  get #text(): string {
    const lines = [...this.#pairs].flatMap(([from, targets]) =>
      [...targets].map(([to, pair]) => `${from} ${to} ${pair.from} ${pair.to}`),
    );
    return lines.sort().join('\n');
  }
}

function goesBefore(one: ServicePair, other: ServicePair): boolean {
  const oddness = ({ from, to }: ServicePair) => isVariant(from) + isVariant(to);
  const difference = oddness(one) - oddness(other);
  if (difference !== 0) return difference < 0;
  return `${one.from} ${one.to}` < `${other.from} ${other.to}`;
}

function isVariant(code: string): number {
  return languageOfCode(code) === code ? 0 : 1;
}
