import { signal } from '@preact/signals';
import type { ReadTerms } from './read-terms.ts';

/** A file on its way into the list. */
export type ImportState =
  | { kind: 'none' }
  | { kind: 'reading'; name: string }
  | { kind: 'read'; name: string; terms: ReadTerms }
  | { kind: 'failed'; name: string };

/** Reads one file at a time; a later one takes the place of the former. */
export class FileImport {
  readonly state = signal<ImportState>({ kind: 'none' });
  #turn = 0;

  /** `spoken` is the language of terms that come without one. */
  async read(file: File | undefined, spoken: string, offers: readonly string[]): Promise<void> {
    if (file === undefined) return;
    this.#turn += 1;
    const turn = this.#turn;
    this.state.value = { kind: 'reading', name: file.name };
    const next = await outcome(file, spoken, offers);
    if (turn === this.#turn) this.state.value = next;
  }

  close(): void {
    this.#turn += 1;
    this.state.value = { kind: 'none' };
  }
}

async function outcome(
  file: File,
  spoken: string,
  offers: readonly string[],
): Promise<ImportState> {
  const { name } = file;
  try {
    // A chunk of its own: most speakers never import anything.
    const { readTerms } = await import('./read-terms.ts');
    return { kind: 'read', name, terms: await readTerms(file, spoken, offers) };
  } catch {
    // The file went away while it was read, or the chunk could not be loaded.
    return { kind: 'failed', name };
  }
}
