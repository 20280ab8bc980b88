import type { TranslationQuality } from '../../../shared/captions.ts';
import type { PlaceholderStyle } from './terms/placeholders.ts';

/** Port: one text from one language to another. Adapters live in folders beside this file. */
export interface Translator {
  /** As shown to users, in captions and in metrics, for example `apertium`. */
  readonly name: string;
  readonly quality: TranslationQuality;
  /** How long one text may take it in all, by kind; absent: for as long as it takes. */
  readonly totalMs?: Readonly<Record<TranslationRequest['kind'], number>>;
  /** How busy it is, where it works in this process or its children. */
  readonly slots?: EngineSlots;
  /** Of models that it loads while it runs. */
  readonly loadTimes?: readonly LoadTime[];
  /** How it gets from one language to another, or null where it cannot. */
  route(from: string, to: string): TranslationRoute | null;
  /** Stand-ins for terms that it carries through, the best first; see `terms/placeholders.ts`. */
  placeholderStyles?(from: string, to: string): readonly PlaceholderStyle[];
  /** Every language it reaches from `from`, without `from` itself. */
  targets(from: string): readonly string[];
  /**
   * Translates one segment's text. Rejects with `language_unsupported` for a pair without a route,
   * with `translator_failed` when the engine failed for good (adapters retry what a restart mends)
   * or the text is too long for it, with `server_busy` when too many texts wait, with
   * `shutting_down` once closed, or with the signal's reason.
   */
  translate(request: TranslationRequest): Promise<Translation>;
  /** Idempotent; resolves when no process, thread or timer of this engine is left. */
  close(): Promise<void>;
}

/** What an engine can do at the same time: workers, open pipelines, requests under way. */
export interface EngineSlots {
  readonly total: number;
  readonly inUse: number;
  /** Texts that wait for one. */
  readonly waiting: number;
}

export const NO_SLOTS: EngineSlots = { total: 0, inUse: 0, waiting: 0 };

/** How long something that an engine works with took to load, the last time. */
export interface LoadTime {
  readonly engine: string;
  /** Of the engine; empty for all of it. */
  readonly model: string;
  readonly seconds: number;
}

export interface TranslationRoute {
  /** Languages passed through, in order; empty for a direct pair. */
  readonly via: readonly string[];
  /** Partials are not to be translated, since each costs money. */
  readonly finalsOnly?: true;
}

export interface TranslationRequest {
  readonly text: string;
  readonly from: string;
  readonly to: string;
  /** Partials may be dropped in favour of newer ones; finals never are. */
  readonly kind: 'partial' | 'final';
  readonly signal?: AbortSignal;
  /** Terms of `from` and how they are to stand in the translation. */
  readonly terms?: readonly TermRule[];
}

/** What a term of the spoken language is to become, whatever the engine would make of it. */
export interface TermRule {
  readonly term: string;
  /** The same as `term` where it is to stay as it is. */
  readonly translation: string;
}

export interface Translation {
  readonly text: string;
  readonly engine: string;
  readonly quality: TranslationQuality;
}
