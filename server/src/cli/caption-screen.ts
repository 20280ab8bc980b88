import type { Marks } from './marks.ts';
import { columnsOf, endThatFits, printable } from './printable.ts';

const DEFAULT_COLUMNS = 80;
/** Back to the beginning of the line, and nothing on it. */
const CLEAR_LINE = '\r\u001b[2K';

export interface ScreenOutput {
  write(text: string): unknown;
  readonly columns?: number;
}

export interface CaptionScreenOptions {
  /** Captions. */
  readonly out: ScreenOutput;
  /** Everything else. */
  readonly notes: ScreenOutput;
  /** Whether `out` is a terminal whose last line may be written again. */
  readonly live: boolean;
  readonly marks: Marks;
}

/**
 * Captions on a terminal: finals stay, and below them one line is rewritten with what is being
 * said, its tentative end dimmed. Elsewhere finals only, a line each.
 */
export class CaptionScreen {
  readonly #options: CaptionScreenOptions;
  #liveLine = '';

  constructor(options: CaptionScreenOptions) {
    this.#options = options;
  }

  /** A line for good. */
  final(label: string, text: string): void {
    this.#clear();
    const { out, marks } = this.#options;
    out.write(`${marks.dim(printable(label))} ${printable(text)}\n`);
  }

  /** What is being said: its first `stableLength` characters will not change. */
  partial(label: string, text: string, stableLength: number): void {
    const { out, marks, live } = this.#options;
    if (!live) return;
    const columns = (out.columns || DEFAULT_COLUMNS) - 1;
    const start = printable(label);
    const stable = printable(text.slice(0, stableLength));
    const tentative = printable(text.slice(stableLength));
    const shown = endThatFits(stable + tentative, Math.max(1, columns - columnsOf(start) - 1));
    // Where the beginning is left out, the tentative end stays what it is.
    const cut = Math.max(0, shown.length - tentative.length);
    this.#clear();
    this.#liveLine = `${marks.dim(start)} ${shown.slice(0, cut)}${marks.dim(shown.slice(cut))}`;
    out.write(this.#liveLine);
  }

  /** Something beside the captions. */
  note(text: string): void {
    const { out, notes, live } = this.#options;
    const line = this.#liveLine;
    this.#clear();
    notes.write(`${text}\n`);
    if (live && line !== '') {
      this.#liveLine = line;
      out.write(line);
    }
  }

  /** Takes the live line away. */
  close(): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#liveLine !== '') this.#options.out.write(CLEAR_LINE);
    this.#liveLine = '';
  }
}

/** `1:05` or `1:02:03`, of a time on a session's line. */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = `${String(seconds % 60).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}
