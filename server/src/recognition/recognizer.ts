/** Port: speech in one utterance to text. Adapters live in folders beside this file. */
export interface Recognizer {
  /** As shown to users and in metrics, for example `moonshine-tiny-en`. */
  readonly name: string;
  /** `concurrency` and what depends on it may change, as a service outside fails and comes back. */
  readonly capabilities: RecognizerCapabilities;
  /** Whether it is known to fail just now and refuses at once; absent: it never is. */
  readonly away?: boolean;
  /**
   * Recognises one utterance. Rejects with `language_unsupported`; with `invalid_message` for one
   * beyond `maxUtteranceMs`; with `recognizer_failed` when the engine failed for good (adapters
   * retry what a new worker mends); with `server_busy` when too many wait; with `shutting_down`
   * after close; or with the signal's reason when aborted before the work began. The caller keeps
   * `samples` and must not write to it meanwhile.
   */
  recognize(request: RecognitionRequest): Promise<Hypothesis>;
  /** Idempotent; resolves when no thread, process or timer of this engine is left. */
  close(): Promise<void>;
}

export interface RecognizerCapabilities {
  /** Spoken languages, ISO 639-1. */
  readonly languages: readonly string[];
  /** Longest utterance that it reads well. */
  readonly maxUtteranceMs: number;
  /** Utterances it can work on at the same time. */
  readonly concurrency: number;
  /** Partials that it can work on beside so many finals; absent: each is one of `concurrency`. */
  readonly partialsBeside?: number;
  /** Speakers that it keeps up with although all speak all of the time; absent: 25 for each of `concurrency`. */
  readonly speakers?: number;
  /** Whether an earlier hypothesis makes the next reading cheaper. */
  readonly drafts: boolean;
  /** Whether it tells when each word was said, where it is asked to. */
  readonly wordTimes: boolean;
  /**
   * What may be read besides finals, where a reading costs money: nothing, partials, or partials and
   * finals that are read before they are sure to be one. Absent: all.
   */
  readonly extraReadings?: 'none' | 'partials' | 'all';
}

export interface RecognitionRequest {
  /** 16 kHz mono, −1…1. */
  readonly samples: Float32Array;
  readonly language: string;
  /** Tokens of the previous hypothesis for a shorter window that began at the same sample. */
  readonly draft?: readonly number[];
  /** Whether to tell when each word was said, as far as the engine can; costs a little. */
  readonly wordTimes?: boolean;
  readonly signal?: AbortSignal;
  /** A partial is soon followed by another one; absent: a final. */
  readonly kind?: 'partial' | 'final';
}

export interface Hypothesis {
  readonly text: string;
  /** Where several engines stand behind one recogniser: the one that heard it. */
  readonly engine?: string;
  /** The engine's own tokens, to be handed back as `draft`; empty where it has none. */
  readonly tokens: readonly number[];
  /**
   * Mean natural-log probability per token; null where the engine tells none. Tokens that only go
   * on repeating a phrase do not count: they are likely whatever was heard.
   */
  readonly meanLogProbability: number | null;
  /**
   * For each word of `text`, split at white space: by how much the least sure of its tokens was
   * likelier than the runner-up (natural log, at least 0). Absent where the engine tells none.
   */
  readonly wordMargins?: readonly number[];
  /**
   * When each word of `text`, split at white space, was said: in order, without overlap, within the
   * samples. Absent where nobody asked or the engine cannot tell.
   */
  readonly words?: readonly WordTime[];
}

/** A word and when it was said: whole milliseconds from the utterance's first sample. */
export interface WordTime {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}
