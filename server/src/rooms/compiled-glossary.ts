import { type Glossary, type GlossaryEntry, termKey } from '../../../shared/glossary.ts';
import type { TermRule } from '../translation/translator.ts';

/** Terms that are spoken in one language of a room; the same object until something changes. */
export interface SpokenTerms {
  /** Different whenever `entries` are. */
  readonly version: number;
  readonly entries: readonly GlossaryEntry[];
}

/**
 * A room's glossary over the deployment's: a room's entry replaces the deployment's whole entry for
 * the same term. Rules of each pair are made once, and stay the same object.
 */
export class CompiledGlossary {
  readonly version: number;
  readonly #entries: readonly GlossaryEntry[];
  readonly #rules = new Map<string, readonly TermRule[]>();
  readonly #spoken = new Map<string, SpokenTerms>();

  constructor(version: number, room: Glossary, deployment: Glossary) {
    this.version = version;
    const own = new Set(room.map(entryKey));
    this.#entries = [...room, ...deployment.filter((entry) => !own.has(entryKey(entry)))];
  }

  /** What becomes of terms on the way from one language to another. */
  rules(from: string, to: string): readonly TermRule[] {
    const pair = `${from} ${to}`;
    let rules = this.#rules.get(pair);
    if (rules === undefined) {
      rules = this.spoken(from).entries.flatMap((entry) => ruleFor(entry, to) ?? []);
      this.#rules.set(pair, rules);
    }
    return rules;
  }

  spoken(language: string): SpokenTerms {
    let spoken = this.#spoken.get(language);
    if (spoken === undefined) {
      const entries = this.#entries.filter((entry) => entry.language === language);
      spoken = { version: this.version, entries };
      this.#spoken.set(language, spoken);
    }
    return spoken;
  }
}

function ruleFor(
  { language, term, translations, keep }: GlossaryEntry,
  to: string,
): TermRule | null {
  if (to === language) return null;
  const translation = translations[to] ?? (keep ? term : undefined);
  return translation === undefined ? null : { term, translation };
}

function entryKey({ language, term }: GlossaryEntry): string {
  return `${language} ${termKey(term)}`;
}
