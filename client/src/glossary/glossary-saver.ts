import { type Problem, problemOf } from '../words/problem.ts';
import type { Glossary } from './schema.ts';

/** How the server fares with the latest list. */
export type Saving =
  /** Nothing to be sent. */
  | { kind: 'idle' }
  /** Changed, and about to be sent or under way. */
  | { kind: 'saving' }
  | { kind: 'saved' }
  | { kind: 'failed'; problem: Problem };

export type SendGlossary = (entries: Glossary) => Promise<unknown>;

/** Several changes in a row, for example a word being corrected, are sent as one. */
export const SAVE_AFTER_MS = 500;

/** Sends the latest list, one at a time: what changed meanwhile goes afterwards. */
export class GlossarySaver {
  readonly #send: SendGlossary;
  readonly #tell: (saving: Saving) => void;
  #waiting: Glossary | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #sending = false;
  #closed = false;

  constructor(send: SendGlossary, tell: (saving: Saving) => void) {
    this.#send = send;
    this.#tell = tell;
  }

  changed(entries: Glossary): void {
    if (this.#closed) return;
    this.#waiting = entries;
    if (!this.#sending) this.#tell({ kind: 'saving' });
    this.#stopTimer();
    this.#timer = setTimeout(() => this.flush(), SAVE_AFTER_MS);
  }

  /** Sends at once what waits. */
  flush(): void {
    this.#stopTimer();
    if (this.#waiting === null || this.#sending || this.#closed) return;
    const entries = this.#waiting;
    this.#waiting = null;
    this.#sending = true;
    this.#tell({ kind: 'saving' });
    this.#send(entries).then(
      () => this.#settled({ kind: 'saved' }, null),
      (error: unknown) =>
        this.#settled({ kind: 'failed', problem: problemOf(error, 'speak') }, entries),
    );
  }

  /** Idempotent; what was sent is not called back, what waits is not sent. */
  close(): void {
    this.#closed = true;
    this.#waiting = null;
    this.#stopTimer();
  }

  #settled(saving: Saving, unsent: Glossary | null): void {
    this.#sending = false;
    if (this.#closed) return;
    if (this.#waiting === null) {
      // Kept for another try.
      this.#waiting = unsent;
      this.#tell(saving);
    } else if (this.#timer === null) {
      // Its time came while the former list was under way.
      this.flush();
    }
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
