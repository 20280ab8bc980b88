import { setTimeout as delay } from 'node:timers/promises';
import { ViewerClient, type ViewerOptions } from '../../client/src/live/viewer-client.ts';
import type { PartialCaption, PlacedEntry } from '../../shared/captions.ts';
import type { WireError } from '../../shared/errors.ts';
import type { ReaderLog } from '../judge/judge-session.ts';
import { SPOKEN } from './test-speaker.ts';

const POLL_MS = 50;

/** Something that a viewer was shown, without its words. */
export interface Shown {
  /** Of `performance.now()`. */
  readonly atMs: number;
  readonly kind: 'partial' | 'final';
  readonly session: string;
  readonly language: string;
  readonly segment: number;
  /** Of partials. */
  readonly epoch: number | null;
}

/** A real viewer that keeps what it was shown, in order. */
export class TestViewer {
  readonly client: ViewerClient;
  readonly shown: Shown[] = [];
  /** Why links were lost. */
  readonly losses: WireError[] = [];
  readonly #name: string;
  readonly #entries: PlacedEntry[] = [];
  readonly #listeners = new Set<(shown: Shown) => void>();

  constructor(name: string, options: ViewerOptions) {
    this.#name = name;
    this.client = new ViewerClient(options);
    this.client.on('partial', (caption) => this.#show('partial', caption, caption.epoch));
    this.client.on('entry', (entry) => {
      this.#entries.push(entry);
      if (entry.type === 'final') this.#show('final', entry.caption, null);
    });
    this.client.on('state', (state) => {
      if (state.kind === 'reconnecting' && state.error !== null) this.losses.push(state.error);
    });
  }

  async start(): Promise<void> {
    await this.client.start();
  }

  close(): void {
    this.client.close();
  }

  /** Returns "stop listening". */
  onShown(listener: (shown: Shown) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get log(): ReaderLog {
    return { name: this.#name, language: this.client.language, entries: this.#entries };
  }

  /** Whether it has all of a session: so many segments, and translations of those with words. */
  has(session: string, segments: number): boolean {
    const captions = this.#entries.flatMap((entry) =>
      entry.type === 'final' && entry.caption.session === session ? [entry.caption] : [],
    );
    const source = captions.filter(({ language }) => language === SPOKEN);
    if (source.length < segments) return false;
    if (this.client.language === SPOKEN) return true;
    const read = new Set(
      captions.filter(({ language }) => language !== SPOKEN).map(({ segment }) => segment),
    );
    return source.every(({ text, segment }) => text === '' || read.has(segment));
  }

  /** Waits until it {@link has} all of a session, or for so long; the judge tells what is missing. */
  async complete(
    session: string,
    segments: number,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!this.has(session, segments) && performance.now() < deadline) {
      await delay(POLL_MS, undefined, { signal });
    }
  }

  #show(
    kind: Shown['kind'],
    { session, language, segment }: Pick<PartialCaption, 'session' | 'language' | 'segment'>,
    epoch: number | null,
  ): void {
    const shown: Shown = { atMs: performance.now(), kind, session, language, segment, epoch };
    this.shown.push(shown);
    for (const listener of this.#listeners) listener(shown);
  }
}
