import { signal } from '@preact/signals';
import { recall, remember } from '../storage/remembered.ts';

/** Sizes of captions in rem; the page multiplies what the reader's browser has set. */
export const TEXT_SIZES = [1.125, 1.375, 1.625, 2, 2.75, 4] as const;
/** On a phone, and on anything wider. */
const DEFAULT_STEP = { narrow: 1, wide: 2 } as const;
const WIDE = '(width >= 48rem)';

/** How a reader wants to read; remembered in this browser. */
export class ReaderSettings {
  /** Index into {@link TEXT_SIZES}. */
  readonly sizeStep = signal(toStep(recall('textSize')));
  readonly showOriginal = signal(recall('original') !== null);
  /** Whether words are shown before they are certain. */
  readonly guesses = signal(recall('guesses') !== null);
  /** Not remembered: a page that starts to talk by itself startles. */
  readonly readAloud = signal(false);

  get sizeRem(): number {
    return TEXT_SIZES[this.sizeStep.value] ?? TEXT_SIZES[DEFAULT_STEP.narrow];
  }

  changeSize(steps: number): void {
    const step = Math.min(TEXT_SIZES.length - 1, Math.max(0, this.sizeStep.value + steps));
    this.sizeStep.value = step;
    remember('textSize', String(step));
  }

  toggleOriginal(): void {
    this.showOriginal.value = !this.showOriginal.value;
    remember('original', this.showOriginal.value ? 'yes' : null);
  }

  toggleGuesses(): void {
    this.guesses.value = !this.guesses.value;
    remember('guesses', this.guesses.value ? 'yes' : null);
  }
}

function toStep(stored: string | null): number {
  const step = Number(stored ?? Number.NaN);
  if (Number.isInteger(step) && step in TEXT_SIZES) return step;
  return matchMedia(WIDE).matches ? DEFAULT_STEP.wide : DEFAULT_STEP.narrow;
}
