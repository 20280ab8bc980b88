import { batch, computed, signal } from '@preact/signals';
import type { PlacedEntry, Speaker } from '../../../shared/captions.ts';
import { AppError } from '../../../shared/errors.ts';
import type { LanguageOffer, RoomJoined } from '../../../shared/protocol.ts';
import type { TranscriptLine } from '../live/transcript-line.ts';
import { ViewerClient } from '../live/viewer-client.ts';
import type { ViewerState } from '../live/viewer-state.ts';
import { fetchServerInfo } from '../server/server-answers.ts';
import { recall, remember } from '../storage/remembered.ts';
import { type Problem, problemOf } from '../words/problem.ts';
import { chooseLanguage, type LanguageWishes, wishedLanguages } from './language-choice.ts';

/** How long the page waits before it tries again to join a room that it could not reach. */
const TRY_AGAIN_MS = 5000;

/** A sentence that became final while the reader was here. */
export interface FreshFinal {
  key: string;
  speakerName: string;
  text: string;
  language: string;
}

export interface WatchPlace {
  readonly url: string;
  readonly room: string;
  readonly token: string | null;
}

export interface WatchListener {
  /** Told of each sentence in the reader's language that is new, never of history. */
  onFinal(final: FreshFinal): void;
  /** What this reader may come back with after its link has run out. */
  onReturnToken(token: string): void;
}

/** One reader's visit to a room, as signals for the page. */
export class WatchSession {
  readonly link = signal<ViewerState>({ kind: 'idle' });
  readonly language = signal<string | null>(null);
  readonly languages = signal<readonly LanguageOffer[]>([]);
  readonly speakers = signal<readonly Speaker[]>([]);
  readonly lines = signal<readonly TranscriptLine[]>([]);
  readonly joined = signal<RoomJoined | null>(null);
  readonly ended = signal<{ erased: boolean } | null>(null);
  readonly problem = signal<Problem | null>(null);
  /** The translator for this reader; null where nothing translates into the language. */
  readonly offer = computed(
    () => this.languages.value.find(({ language }) => language === this.language.value) ?? null,
  );
  #place: WatchPlace;
  readonly #listener: WatchListener;
  #client: ViewerClient | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  /** True while history is delivered that the reader need not hear about. */
  #quiet = true;
  #starting = false;
  #closed = false;

  constructor(place: WatchPlace, listener: WatchListener) {
    this.#place = place;
    this.#listener = listener;
  }

  /** Joins in the dearest language that the room offers; goes on trying where that may help. */
  async start(): Promise<void> {
    const [wished] = wishedLanguages(wishes());
    this.#starting = true;
    try {
      await this.#join(wished ?? 'en').catch(async (error: unknown) => {
        if (!isUnsupported(error)) throw error;
        // What is spoken can always be read; what else is offered is told on joining.
        const { spoken } = await fetchServerInfo();
        await this.#join(spoken[0]?.language ?? 'en');
      });
      this.#starting = false;
      await this.#settleLanguage();
    } catch (error) {
      this.#starting = false;
      this.#failed(error);
    }
  }

  async choose(language: string): Promise<void> {
    remember('reads', language);
    await this.#change(language);
  }

  close(): void {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#client?.close();
  }

  async #join(language: string): Promise<void> {
    if (this.#closed) return;
    const { token, ...place } = this.#place;
    const client = new ViewerClient({ ...place, language, ...(token === null ? {} : { token }) });
    this.#client?.close();
    this.#client = client;
    this.#quiet = true;
    this.#listen(client);
    this.language.value = language;
    await client.start();
    this.#quiet = false;
    this.problem.value = null;
  }

  async #settleLanguage(): Promise<void> {
    const offered = this.languages.value.map(({ language }) => language);
    const best = chooseLanguage(wishes(), offered);
    if (best !== null && best !== this.language.value) await this.#change(best);
  }

  async #change(language: string): Promise<void> {
    const client = this.#client;
    const before = this.language.value;
    if (client === null || language === before) return;
    this.#quiet = true;
    this.language.value = language;
    try {
      await client.setLanguage(language);
    } catch (error) {
      if (this.#client !== client) return;
      this.language.value = before;
      if (this.link.value.kind !== 'ended') this.problem.value = problemOf(error, 'watch');
    } finally {
      this.#quiet = false;
      this.#show(client);
    }
  }

  #listen(client: ViewerClient): void {
    const current = () => this.#client === client;
    client.on('state', (state) => {
      if (!current()) return;
      this.link.value = state;
      // Once joined, the client itself goes on trying; only what it gives up ends here.
      if (state.kind === 'ended' && state.error !== null && !this.#starting) {
        const { code, message, retryAfterMs } = state.error;
        const options = retryAfterMs === undefined ? {} : { retryAfterMs };
        this.#failed(new AppError(code, message, options));
      }
    });
    client.on('joined', (joined) => {
      if (!current()) return;
      this.joined.value = joined;
      const { returnToken } = joined;
      if (returnToken === undefined) return;
      this.#place = { ...this.#place, token: returnToken };
      this.#listener.onReturnToken(returnToken);
    });
    client.on('languages', (languages) => {
      if (current()) this.languages.value = languages;
    });
    client.on('entry', (entry) => {
      if (!current()) return;
      this.#show(client);
      if (!this.#quiet) this.#tell(entry);
    });
    client.on('partial', () => {
      if (current()) this.#show(client);
    });
  }

  #show(client: ViewerClient): void {
    if (this.#client !== client) return;
    const { lines, speakers, ended } = client.transcript;
    batch(() => {
      this.lines.value = lines;
      this.speakers.value = speakers;
      this.ended.value = ended;
    });
  }

  #tell(entry: PlacedEntry): void {
    if (entry.type !== 'final' || entry.caption.notice === 'not_understood') return;
    const { session, segment, language, sourceLanguage, text, notice } = entry.caption;
    if (language !== this.language.value) return;
    const speakerName = this.speakers.value.find((one) => one.session === session)?.name ?? '';
    const spokenIn = notice === 'untranslated' ? sourceLanguage : language;
    this.#listener.onFinal({ key: `${session}:${segment}`, speakerName, text, language: spokenIn });
  }

  #failed(error: unknown): void {
    if (this.#closed) return;
    if (isUnsupported(error) && this.joined.value !== null) {
      // The speakers changed what they offer while this reader was away.
      void this.start();
      return;
    }
    this.problem.value = problemOf(error, 'watch');
    const mayHelp = !(error instanceof AppError) || error.retryable;
    if (!mayHelp) return;
    const waitMs = error instanceof AppError ? (error.retryAfterMs ?? TRY_AGAIN_MS) : TRY_AGAIN_MS;
    this.#retry = setTimeout(() => void this.start(), waitMs);
  }
}

function wishes(): LanguageWishes {
  return { remembered: recall('reads'), browser: navigator.languages };
}

function isUnsupported(error: unknown): boolean {
  return error instanceof AppError && error.code === 'language_unsupported';
}
