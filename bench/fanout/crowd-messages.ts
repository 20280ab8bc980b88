/** A group of viewers: who they are and where they connect. */
export interface CrowdTask {
  readonly room: string;
  /** In turn. */
  readonly urls: readonly string[];
  /** One for each viewer: what it reads. */
  readonly languages: readonly string[];
}

/** What reached the viewers of one language. */
export interface CrowdLog {
  readonly language: string;
  readonly viewers: number;
  /** Milliseconds from an entry's place in the record (Redis's clock) until a viewer had it. */
  readonly originalMs: Float64Array;
  readonly translationMs: Float64Array;
  /** For each final as spoken, in order: when the last of these viewers had it. */
  readonly lastMs: readonly number[];
  /** Finals that each viewer had, as `fewest` and `most` of them. */
  readonly originals: { readonly fewest: number; readonly most: number };
  readonly translations: { readonly fewest: number; readonly most: number };
  /** [INV2, INV3] Finals that came again, or behind a later one. */
  readonly misplaced: number;
  /** Connections that were lost. */
  readonly lost: number;
  readonly partials: number;
}

export type FromCrowd =
  | { readonly kind: 'seated'; readonly seconds: number }
  | { readonly kind: 'done'; readonly logs: readonly CrowdLog[]; readonly cpuSeconds: number };

export type ToCrowd =
  | { readonly kind: 'sit'; readonly task: CrowdTask }
  /** Everybody is done once each has so many finals, or after a while. */
  | { readonly kind: 'finish'; readonly originals: number; readonly translations: number };
