export const LAYERS = 6;
export const HEADS = 8;
export const HEAD_SIZE = 36;
export const HIDDEN_SIZE = HEADS * HEAD_SIZE;
export const MLP_SIZE = 4 * HIDDEN_SIZE;
/** Keys and values of self-attention in every layer: what later tokens need of one token. */
export const CACHED_ROWS = 2 * LAYERS;
/** Tokens that an utterance may have, with its start and a draft that is tried: over a minute. */
export const MAX_POSITIONS = 512;
