/** What keeping terms may cost a text; every one of them is attacked by a test. */
export interface TermLimits {
  /** Terms of one text that get a placeholder; a text with more is cut at its terms at once. */
  readonly maxPlaceholders: number;
  /** Calls with placeholders, each with other ones where the last ones did not come through. */
  readonly maxTries: { readonly final: number; readonly partial: number };
  /** Calls for pieces one by one, where the engine does not keep lines apart; the rest stays as said. */
  readonly maxPieceCalls: { readonly final: number; readonly partial: number };
}

/** Calls that a text which is cut at its terms takes: all pieces at once, as lines, and once again. */
export const CUT_CALLS = 2;

export const TERM_LIMITS: TermLimits = {
  maxPlaceholders: 24,
  maxTries: { final: 3, partial: 2 },
  maxPieceCalls: { final: 12, partial: 0 },
};
