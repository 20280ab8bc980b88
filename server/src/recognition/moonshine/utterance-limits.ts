/** Shorter audio gives the encoder not a single frame. */
export const MIN_UTTERANCE_SAMPLES = 895;
/** Beyond some thirty seconds the model loops. */
export const MAX_UTTERANCE_MS = 30_000;
