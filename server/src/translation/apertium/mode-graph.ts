import type { Mode } from './modes.ts';
import { comparePivots } from './pivots.ts';

/** The modes to go through, one or two, and the language between them. */
export interface ModeRoute {
  readonly modes: readonly Mode[];
  readonly via: readonly string[];
}

/** Wanted target variants by language, for example `{ pt: 'BR' }`; plain forms otherwise. */
export type VariantChoice = Readonly<Record<string, string>>;

/** Languages and the modes between them: direct pairs first, else one language in between. */
export class ModeGraph {
  readonly #modes = new Map<string, Map<string, Mode>>();

  /** Of several modes for one pair the first that fits best is kept. */
  constructor(modes: readonly Mode[], variants: VariantChoice = {}) {
    const rank = (mode: Mode) => {
      if (mode.variant === '') return 1;
      return variants[mode.to] === mode.variant ? 2 : 0;
    };
    for (const mode of modes) {
      if (rank(mode) === 0) continue;
      for (const from of mode.from) {
        if (from === mode.to) continue;
        const targets = this.#modes.get(from) ?? new Map<string, Mode>();
        this.#modes.set(from, targets);
        const known = targets.get(mode.to);
        if (known === undefined || rank(mode) > rank(known)) targets.set(mode.to, mode);
      }
    }
  }

  get empty(): boolean {
    return this.#modes.size === 0;
  }

  route(from: string, to: string): ModeRoute | null {
    if (from === to) return null;
    const firsts = this.#modes.get(from);
    if (firsts === undefined) return null;
    const direct = firsts.get(to);
    if (direct !== undefined) return { modes: [direct], via: [] };
    const [pivot] = [...firsts.keys()]
      .filter((language) => this.#modes.get(language)?.has(to))
      .sort((a, b) => comparePivots(from, to, a, b));
    if (pivot === undefined) return null;
    const first = firsts.get(pivot);
    const second = this.#modes.get(pivot)?.get(to);
    if (first === undefined || second === undefined) return null;
    return { modes: [first, second], via: [pivot] };
  }

  targets(from: string): readonly string[] {
    const reached = new Set<string>();
    for (const first of this.#modes.get(from)?.keys() ?? []) {
      reached.add(first);
      for (const second of this.#modes.get(first)?.keys() ?? []) reached.add(second);
    }
    reached.delete(from);
    return [...reached].sort();
  }
}
