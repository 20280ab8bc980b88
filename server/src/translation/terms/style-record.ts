import type { PlaceholderStyle } from './placeholders.ts';

/** Successes that every style starts with, so that one bad sentence condemns none. */
const HEAD_START = 4;
/** A style that comes through less often than this is tried after the others. */
const MIN_KEPT = 0.5;
/** Counts are halved here: what a new model does soon weighs more than what an old one did. */
const MAX_COUNT = 200;

interface Count {
  tried: number;
  kept: number;
}

/**
 * How often each style of placeholder came through, by pair of languages. Models differ more than
 * can be known beforehand; one that loses a style is not asked to carry it first again and again.
 */
export class StyleRecord {
  readonly #counts = new Map<string, Count>();

  /** `styles` in their order, those that mostly fail behind the others. */
  order(from: string, to: string, styles: readonly PlaceholderStyle[]): PlaceholderStyle[] {
    const failing = (style: PlaceholderStyle) => this.#share(from, to, style) < MIN_KEPT;
    return [...styles.filter((style) => !failing(style)), ...styles.filter(failing)];
  }

  note(from: string, to: string, style: PlaceholderStyle, kept: boolean): void {
    const count = this.#counts.get(keyOf(from, to, style)) ?? { tried: 0, kept: 0 };
    count.tried += 1;
    if (kept) count.kept += 1;
    if (count.tried > MAX_COUNT) {
      count.tried /= 2;
      count.kept /= 2;
    }
    this.#counts.set(keyOf(from, to, style), count);
  }

  #share(from: string, to: string, style: PlaceholderStyle): number {
    const { tried, kept } = this.#counts.get(keyOf(from, to, style)) ?? { tried: 0, kept: 0 };
    return (kept + HEAD_START) / (tried + HEAD_START);
  }
}

function keyOf(from: string, to: string, style: PlaceholderStyle): string {
  return `${from} ${to} ${style}`;
}
