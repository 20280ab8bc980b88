import type { FetchEvent } from './fetch-model.ts';

/** Where progress is drawn: a terminal gets a moving bar, anything else a line now and then. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const BAR_CELLS = 24;
/** A terminal is redrawn at most this often. */
const REDRAW_MS = 100;
const LINE_EVERY_PERCENT = 25;
const DEFAULT_COLUMNS = 80;

/** Turns a fetch's events into what a person reads. */
export class FetchScreen {
  readonly #out: ProgressOutput;
  readonly #now: () => number;
  #startedMs = 0;
  #startedBytes: number | null = null;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #toldPercent = 0;
  #open = false;

  constructor(out: ProgressOutput, now: () => number = () => performance.now()) {
    this.#out = out;
    this.#now = now;
  }

  readonly report = (event: FetchEvent): void => {
    switch (event.kind) {
      case 'waiting':
        this.#line('another process is fetching this model; waiting for it');
        break;
      case 'source':
        this.#startedMs = this.#now();
        this.#startedBytes = null;
        this.#toldPercent = 0;
        this.#line(`from ${event.title}, ${megabytes(event.bytes)}`);
        break;
      case 'source-failed':
        this.#line(`${event.title} did not give it: ${event.message}`);
        break;
      case 'progress':
        if (this.#out.isTTY === true) this.#drawBar(event.receivedBytes, event.totalBytes);
        else this.#tellQuarters(event.receivedBytes, event.totalBytes);
    }
  };

  /** Ends an open bar, so that what follows begins on a line of its own. */
  end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#out.write('\n');
  }

  #tellQuarters(received: number, total: number): void {
    const percent = Math.floor((received / total) * 100);
    if (percent < this.#toldPercent + LINE_EVERY_PERCENT) return;
    this.#toldPercent = percent - (percent % LINE_EVERY_PERCENT);
    this.#line(`${this.#toldPercent} % of ${megabytes(total)}`);
  }

  #drawBar(received: number, total: number): void {
    const now = this.#now();
    this.#startedBytes ??= received;
    if (now - this.#drawnMs < REDRAW_MS && received < total) return;
    this.#drawnMs = now;
    this.#open = true;
    const share = received / total;
    const filled = Math.round(share * BAR_CELLS);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)}`;
    const seconds = (now - this.#startedMs) / 1000;
    const rate = seconds > 0 ? (received - this.#startedBytes) / seconds : 0;
    const percent = String(Math.floor(share * 100)).padStart(3);
    const text = `    ${bar} ${percent} %  ${megabytes(received)} of ${megabytes(total)}, ${megabytes(rate)}/s`;
    // Some terminals say that they have 0 columns.
    const columns = (this.#out.columns || DEFAULT_COLUMNS) - 1;
    this.#out.write(`\r${text.slice(0, columns).padEnd(columns)}`);
  }

  #line(text: string): void {
    this.end();
    this.#out.write(`    ${text}\n`);
  }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
